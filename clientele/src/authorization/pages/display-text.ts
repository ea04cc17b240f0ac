/**
 * Makes text that a stranger chose fit to be shown in one line: a name of a client is a claim, and must not be able to
 * write over, push away or turn around what the page says about it.
 */
export function displayText(text: string, maxCharacters = 60): string {
  // Cut first: what is measured and replaced below must be small whatever was sent.
  const visible = text
    .slice(0, maxCharacters * 16)
    .replace(UNSEEN, '')
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .replace(/(\p{M}{2})\p{M}+/gu, '$1')
    .trim()
  const characters = [...GRAPHEMES.segment(visible)].map((part) => part.segment)
  if (characters.length <= maxCharacters) return visible
  return `${characters.slice(0, maxCharacters - 1).join('')}…`
}

const GRAPHEMES = new Intl.Segmenter('en', { granularity: 'grapheme' })

/**
 * Format characters, unpaired surrogates, private-use and unassigned code points. Among them are the bidirectional
 * overrides, by which a name could show the words after it backwards ("Trojan source"), and the zero-width characters
 * by which two names can look the same.
 */
const UNSEEN = /[\p{Cf}\p{Cs}\p{Co}\p{Cn}\u{115f}\u{1160}\u{3164}\u{ffa0}\u{2800}]/gu
