import { z } from 'zod'
import { compilePattern } from '../pattern.ts'

/** Sets of characters for names: three with a name, or an operator's own. */
const SETS: Readonly<Record<string, RegExp>> = {
  ascii: /^[ -~]*$/,
  // Punctuation, but not the kind that only programs use, nor pictures and private characters.
  latin: /^[\p{Script=Latin}\p{Script=Inherited}\p{Nd}\p{P} +|°©®™]*$/u,
  'any-letters': /^[\p{L}\p{M}\p{N}\p{P} +|°©®™]*$/u,
}

/** A set's name, or a character class in RE2 syntax. */
export const charactersSchema = z.string().superRefine((source, issues) => {
  if (Object.hasOwn(SETS, source)) return
  try {
    if (!/^\[.*\]$/s.test(source)) throw new Error('is neither a set that has a name nor a class in brackets')
    compilePattern(`(?:${source})*`)
  } catch (error) {
    issues.addIssue({ code: 'custom', message: (error as Error).message })
  }
})

/** Compiles a set into a test of whole names. */
export function compileCharacters(source: string): (name: string) => boolean {
  const set = Object.hasOwn(SETS, source) ? SETS[source] : undefined
  if (set) return (name) => set.test(name)
  const pattern = compilePattern(`(?:${source})*`)
  return (name) => pattern.matches(name)
}
