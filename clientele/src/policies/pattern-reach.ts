/**
 * Whether a pattern can match anything at all, or any value of a kind: `a$b` matches nothing, `example\.com` no URL. It walks
 * the pattern's automaton together with one for the kind, so that "nothing" is proved and never guessed; where it would
 * take too long, or the pattern looks behind itself, the answer is "perhaps".
 */
import { RE2JS } from 're2js'

/** What values look like: one of these beginnings, then characters of a set, as many as one likes. */
export interface Kind {
  readonly beginnings: readonly string[]
  /** Whether such a character may follow. */
  allows(rune: number): boolean
  /** How many characters must follow the beginning. */
  readonly atLeast: 0 | 1
}

/** Any text without control characters. */
export const ANY_TEXT: Kind = {
  beginnings: [''],
  allows: (rune) => rune >= 0x20 && rune !== 0x7f,
  atLeast: 1,
}

const isVisible = (rune: number) => rune > 0x20 && rune < 0x7f

/** RFC 3986 writes URIs with visible ASCII characters. */
export const HTTPS_URL: Kind = { beginnings: ['https://'], allows: isVisible, atLeast: 1 }
export const WEB_URL: Kind = { beginnings: ['https://', 'http://'], allows: isVisible, atLeast: 1 }
/** RFC 6749 §3.3. */
export const SCOPE_VALUE: Kind = {
  beginnings: [''],
  allows: (rune) => isVisible(rune) && rune !== 0x22 && rune !== 0x5c,
  atLeast: 1,
}

/** The instructions of a compiled pattern, as re2js numbers them (test: every kind of them is known). */
const ALT = 1
const ALT_MATCH = 2
const CAPTURE = 3
const EMPTY_WIDTH = 4
const FAIL = 5
const MATCH = 6
const NOP = 7
const RUNE_ANY = 10
const RUNE_ANY_NOT_NL = 11

interface Instruction {
  readonly op: number
  readonly out: number
  readonly arg: number
  readonly runes: ArrayLike<number>
  matchRune(rune: number): boolean
}

/** Steps after which the answer is "perhaps". */
const MOST_STEPS = 200_000
const END = -1

/** Whether some value of the kind matches as a whole. `true` may be wrong, `false` never is. */
export function canMatch(source: string, kind: Kind = ANY_TEXT): boolean {
  const { inst, start, numLb } = RE2JS.compile(source).re2().prog
  if (numLb > 0) return true
  const program = inst as readonly Instruction[]
  return kind.beginnings.some((beginning) => reaches(program, start, beginning, kind))
}

/** A walk over (instruction, how far into the value, the character before, the character that must come next). */
function reaches(program: readonly Instruction[], start: number, beginning: string, kind: Kind): boolean {
  const first = [...beginning].map((character) => character.codePointAt(0)!)
  const runes = representatives(program, kind)
  const least = first.length + kind.atLeast
  const nextAt = (read: number) => [
    ...(read < first.length ? [first[read]!] : runes),
    ...(read >= least ? [END] : []),
  ]
  const seen = new Set<string>()
  const open = nextAt(0).map((next) => ({ at: start, read: 0, before: END, next }))
  let steps = 0
  while (open.length > 0) {
    if (++steps > MOST_STEPS) return true
    const { at, read, before, next } = open.pop()!
    const key = `${at} ${read} ${classOf(before)} ${next}`
    if (seen.has(key)) continue
    seen.add(key)
    const { op, out, arg } = program[at]!
    if (op === MATCH) {
      if (next === END) return true
    } else if (op === ALT || op === ALT_MATCH) {
      open.push({ at: out, read, before, next }, { at: arg, read, before, next })
    } else if (op === CAPTURE || op === NOP) {
      open.push({ at: out, read, before, next })
    } else if (op === EMPTY_WIDTH) {
      if ((arg & ~contextOf(before, next)) === 0) open.push({ at: out, read, before, next })
    } else if (op !== FAIL && next !== END && takes(program[at]!, next)) {
      const now = Math.min(read + 1, least)
      for (const then of nextAt(now)) open.push({ at: out, read: now, before: next, next: then })
    }
  }
  return false
}

function takes(instruction: Instruction, rune: number): boolean {
  if (instruction.op === RUNE_ANY) return true
  if (instruction.op === RUNE_ANY_NOT_NL) return rune !== 0x0a
  return instruction.matchRune(rune)
}

/** What `^`, `$` and word boundaries ask, as re2js counts it in bits. */
function contextOf(before: number, next: number): number {
  const [BEGIN_LINE, END_LINE, BEGIN_TEXT, END_TEXT, BOUNDARY, NO_BOUNDARY] = [1, 2, 4, 8, 16, 32] as const
  return (
    (before === END ? BEGIN_TEXT | BEGIN_LINE : 0) |
    (before === 0x0a ? BEGIN_LINE : 0) |
    (next === END ? END_TEXT | END_LINE : 0) |
    (next === 0x0a ? END_LINE : 0) |
    (isWord(before) === isWord(next) ? NO_BOUNDARY : BOUNDARY)
  )
}

function classOf(rune: number): string {
  if (rune === END) return 'start'
  if (rune === 0x0a) return 'line'
  return isWord(rune) ? 'word' : 'other'
}

function isWord(rune: number): boolean {
  return rune !== END && /^\w$/.test(String.fromCodePoint(rune))
}

/** One character for each set of characters that no instruction tells apart. */
function representatives(program: readonly Instruction[], kind: Kind): readonly number[] {
  const edges = new Set([
    0x0a, 0x0b, 0x20, 0x21, 0x22, 0x23, 0x30, 0x3a, 0x41, 0x5b, 0x5c, 0x5d, 0x5f, 0x60, 0x61, 0x7b, 0x7f,
    0x80,
  ])
  for (const { runes } of program) {
    for (const rune of Array.from(runes)) {
      for (const each of casesOf(rune)) edges.add(each).add(each + 1)
    }
  }
  return [...edges].filter(
    (rune) => rune <= 0x10ffff && !(rune >= 0xd800 && rune <= 0xdfff) && kind.allows(rune),
  )
}

/** Patterns that ignore case match the other case too. */
function casesOf(rune: number): readonly number[] {
  if (rune < 0 || rune > 0x10ffff) return []
  const text = String.fromCodePoint(rune)
  return [rune, text.toLowerCase().codePointAt(0)!, text.toUpperCase().codePointAt(0)!]
}
