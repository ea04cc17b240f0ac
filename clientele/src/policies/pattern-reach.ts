/**
 * Whether patterns can match anything at all, or any value of a kind, all of them at once: `a$b` matches nothing,
 * `example\.com` no URL, `a+` and `b+` nothing together. It walks the automata of the patterns side by side, so that "nothing" is
 * proved and never guessed; where it would take too long, or a pattern looks behind itself, the answer is "perhaps".
 */
import { RE2JS } from 're2js'
import { ANY_TEXT, type Effort, type Kind, startEffort } from './pattern-kinds.ts'
import { contextOf, END, type Letter, letterOf, lettersOf, START } from './pattern-letters.ts'

/** The instructions of a compiled pattern, as re2js numbers them (test: every kind of them is known). */
const ALT = 1
const ALT_MATCH = 2
const CAPTURE = 3
const EMPTY_WIDTH = 4
const MATCH = 6
const NOP = 7
const RUNE = 8
const RUNE_ANY = 10
const RUNE_ANY_NOT_NL = 11

interface Instruction {
  readonly op: number
  readonly out: number
  readonly arg: number
  readonly runes?: ArrayLike<number>
  matchRune(rune: number): boolean
}

/** Whether some value of the kind matches each of the patterns as a whole. `true` may be wrong, `false` never is. */
export function canMatch(sources: readonly string[], kind: Kind = ANY_TEXT, effort = startEffort()): boolean {
  const compiled = sources.map((source) => RE2JS.compile(source).re2().prog)
  if (compiled.some(({ numLb }) => numLb > 0)) return true
  const programs = compiled.map(({ inst }) => inst as readonly Instruction[])
  const starts = compiled.map(({ start }) => start)
  const tested = new Set<number>()
  for (const { runes } of programs.flat()) {
    effort.left -= runes?.length ?? 0
    if (effort.left <= 0) return true
    for (const rune of Array.from(runes ?? [])) tested.add(rune)
  }
  const letters = lettersOf(tested, kind.allows)
  return kind.beginnings.some((beginning) => reaches({ programs, starts, letters, effort }, beginning, kind))
}

interface Walk {
  readonly programs: readonly (readonly Instruction[])[]
  readonly starts: readonly number[]
  readonly letters: readonly Letter[]
  readonly effort: Effort
}

/** Where each program stands, how far into the value, the character before, and the one that must come next. */
interface Position {
  readonly at: readonly number[]
  readonly read: number
  readonly before: Letter
  readonly next: Letter
}

function reaches({ programs, starts, letters, effort }: Walk, beginning: string, kind: Kind): boolean {
  const first = [...beginning].map((character) => letterOf([character.codePointAt(0)!]))
  const least = first.length + kind.atLeast
  const nextAt = (read: number) => [
    ...(read < first.length ? [first[read]!] : letters),
    ...(read >= least ? [END] : []),
  ]
  const seen = new Set<string>()
  const open: Position[] = []
  const add = (position: Position) => {
    const { at, read, before, next } = position
    const key = `${at.join()} ${read} ${before.name} ${next.name}`
    if (seen.has(key)) return
    seen.add(key)
    effort.left -= 1
    open.push(position)
  }
  for (const next of nextAt(0)) add({ at: starts, read: 0, before: START, next })
  while (open.length > 0) {
    if (effort.left <= 0) return true
    const position = open.pop()!
    const { at, read, before, next } = position
    const instructions = at.map((place, index) => programs[index]![place]!)
    const mover = instructions.findIndex(({ op }) => op !== MATCH && !isConsuming(op))
    if (mover !== -1) {
      for (const place of moves(instructions[mover]!, before, next))
        add({ ...position, at: at.with(mover, place) })
    } else if (next === END) {
      if (instructions.every(({ op }) => op === MATCH)) return true
    } else if (instructions.every(({ op }) => op !== MATCH) && agree(instructions, next, effort)) {
      const now = Math.min(read + 1, least)
      const then = instructions.map(({ out }) => out)
      for (const letter of nextAt(now)) add({ at: then, read: now, before: next, next: letter })
    }
  }
  return false
}

function isConsuming(op: number): boolean {
  return op >= RUNE
}

/** Where an instruction that reads nothing leads. */
function moves({ op, out, arg }: Instruction, before: Letter, next: Letter): readonly number[] {
  if (op === ALT || op === ALT_MATCH) return [out, arg]
  if (op === CAPTURE || op === NOP) return [out]
  return op === EMPTY_WIDTH && (arg & ~contextOf(before, next)) === 0 ? [out] : []
}

/** Whether one character of the letter does for all of them. */
function agree(instructions: readonly Instruction[], { runes }: Letter, effort: Effort): boolean {
  return runes.some((rune) => {
    effort.left -= 1
    return instructions.every((instruction) => takes(instruction, rune))
  })
}

function takes(instruction: Instruction, rune: number): boolean {
  if (instruction.op === RUNE_ANY) return true
  if (instruction.op === RUNE_ANY_NOT_NL) return rune !== 0x0a
  return instruction.matchRune(rune)
}
