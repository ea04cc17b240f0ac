import { skeletonOf } from './skeleton.ts'

/** Marks that any letter may carry, as accents do; the vowel signs of a script are not among them. */
const ACCENT = /\p{Script=Inherited}/gu
/** Strokes through a letter, which the skeleton takes `ł` and `ø` apart into. */
const STROKE = /[\u0334-\u0338]/g
const NO_LETTER = /[^\p{L}\p{N}\p{M}]+/gu
/** A dash looks like the Japanese sign for a long vowel, which is a letter: what parts words is told before. */
const SEPARATOR = /[\p{Zs}\p{Pd}\p{Pc}]+/gu

/** A name as words that can be compared by how they look. */
type Words = readonly string[]

/**
 * What a name looks like, in two ways that meet in one space: two names look alike when they share one of these. The skeleton
 * of the name as it is (UTS 39 §4) finds `paypaI` with a capital I; that of the name in small letters, without accents and
 * compatibility forms, finds `PAYPAL`, `Páypal` and `ⓅⓐⓨⓅⓐⓛ`. Spaces and punctuation do not tell names apart.
 */
export function appearancesOf(name: string): readonly string[] {
  return [...new Set(viewsOf(name).map((words) => words.join('') || skeletonOf(name)))]
}

/** Names that somebody else's names are held against. */
export interface NameList {
  /** Whether a name as a whole looks like one of them. */
  hasLookAlikeOf(name: string): boolean
  /** Whether one of them stands in a name, as a word or as words that follow each other. */
  isWithin(name: string): boolean
}

/** Compiles names that are to be recognised however they are written. */
export function compileNameList(names: readonly string[]): NameList {
  const known = new Set(names.flatMap(spellingsOf).flatMap(appearancesOf))
  const longest = Math.max(0, ...[...known].map((each) => each.length))
  return {
    hasLookAlikeOf: (name) => appearancesOf(name).some((each) => known.has(each)),
    isWithin: (name) => viewsOf(name).some((words) => hasRunOf(words, known, longest)),
  }
}

/** A letter may look like another in one case only: `lnvoice` with a small L is no look-alike of `invoice`, but of `Invoice`. */
function spellingsOf(name: string): readonly string[] {
  const lower = name.toLowerCase()
  const title = lower.replaceAll(/(?<![\p{L}\p{N}\p{M}])\p{L}/gu, (letter) => letter.toUpperCase())
  return [name, lower, title, name.toUpperCase()]
}

function viewsOf(name: string): readonly Words[] {
  const spaced = name.replaceAll(SEPARATOR, ' ')
  return [wordsOf(skeletonOf(spaced)), wordsOf(skeletonOf(plainOf(spaced)).replaceAll(STROKE, ''))]
}

function plainOf(name: string): string {
  return name.normalize('NFKD').replaceAll(ACCENT, '').toLowerCase()
}

function wordsOf(skeleton: string): Words {
  return skeleton
    .toLowerCase()
    .split(NO_LETTER)
    .filter((word) => word !== '')
}

/** `P a y p a l`, `Pay-Pal` and `My PayPal` have it; `paypals` does not. */
function hasRunOf(words: Words, known: ReadonlySet<string>, longest: number): boolean {
  return words.some((_, start) => {
    let run = ''
    for (let at = start; at < words.length && run.length <= longest; at++) {
      run += words[at]
      if (known.has(run)) return true
    }
    return false
  })
}
