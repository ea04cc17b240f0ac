import { RE2JS } from 're2js'

/**
 * An operator's pattern: RE2 syntax, held against the whole value, in time linear in the value. JavaScript's own expressions
 * hung 17 seconds on 29 characters, and the values are a stranger's.
 */
export interface Pattern {
  readonly source: string
  matches(value: string): boolean
}

/** Compiles a pattern; throws an `Error` with a sentence for the operator. */
export function compilePattern(source: string): Pattern {
  let compiled: RE2JS
  try {
    compiled = RE2JS.compile(source)
  } catch (error) {
    throw new Error(`is not a pattern in RE2 syntax: ${(error as Error).message}`)
  }
  return { source, matches: (value) => compiled.matches(value) }
}
