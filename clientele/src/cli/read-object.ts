/** Reads an object of JSON from an argument, or from the file that `@FILE` names. */
import { readFileSync } from 'node:fs'
import { CommandError } from './command-error.ts'

export function readObject(flag: string, argument: string): Record<string, unknown> {
  const value = parse(flag, argument.startsWith('@') ? readText(flag, argument.slice(1)) : argument)
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>
  throw new CommandError(`${flag} must be one JSON object, such as '{"scope":"profile"}', or @FILE.`)
}

function parse(flag: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new CommandError(`${flag} is not JSON: ${(error as Error).message}`, { cause: error })
  }
}

function readText(flag: string, file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new CommandError(`${flag}: ${file} cannot be read (${code}).`, { cause: error })
  }
}
