/** Texts as the walk through patterns sees them (`pattern-reach.ts`): a few letters that stand for all characters. */

/** What may stand next: characters that no `^`, `$` and `\b` tell apart, or the end, of which there are none. */
export interface Letter {
  readonly name: 'start' | 'end' | 'line' | 'word' | 'other'
  readonly runes: readonly number[]
}

export const START: Letter = { name: 'start', runes: [] }
export const END: Letter = { name: 'end', runes: [] }

/** What `^`, `$` and word boundaries ask, as re2js counts it in bits. */
export function contextOf(before: Letter, next: Letter): number {
  const [BEGIN_LINE, END_LINE, BEGIN_TEXT, END_TEXT, BOUNDARY, NO_BOUNDARY] = [1, 2, 4, 8, 16, 32] as const
  return (
    (before === START ? BEGIN_TEXT | BEGIN_LINE : 0) |
    (before.name === 'line' ? BEGIN_LINE : 0) |
    (next === END ? END_TEXT | END_LINE : 0) |
    (next.name === 'line' ? END_LINE : 0) |
    ((before.name === 'word') === (next.name === 'word') ? NO_BOUNDARY : BOUNDARY)
  )
}

export function letterOf(runes: readonly number[]): Letter {
  const [rune] = runes
  if (rune === 0x0a) return { name: 'line', runes }
  return { name: isWord(rune!) ? 'word' : 'other', runes }
}

function isWord(rune: number): boolean {
  return /^\w$/.test(String.fromCodePoint(rune))
}

/** The letters that instructions which test for these characters can tell apart, of those that a value may have. */
export function lettersOf(
  tested: ReadonlySet<number>,
  isAllowed: (rune: number) => boolean,
): readonly Letter[] {
  const edges = new Set([
    0x0a, 0x0b, 0x20, 0x21, 0x22, 0x23, 0x30, 0x3a, 0x41, 0x5b, 0x5c, 0x5d, 0x5f, 0x60, 0x61, 0x7b, 0x7f,
    0x80,
  ])
  for (const rune of tested) for (const each of casesOf(rune)) edges.add(each).add(each + 1)
  const all = [...edges].filter(
    (rune) => rune <= 0x10ffff && !(rune >= 0xd800 && rune <= 0xdfff) && isAllowed(rune),
  )
  return [...Map.groupBy(all, (rune) => letterOf([rune]).name).values()].map(letterOf)
}

/** Patterns that ignore case match the other case too. */
function casesOf(rune: number): readonly number[] {
  if (rune < 0 || rune > 0x10ffff) return []
  const text = String.fromCodePoint(rune)
  return [rune, text.toLowerCase().codePointAt(0)!, text.toUpperCase().codePointAt(0)!]
}
