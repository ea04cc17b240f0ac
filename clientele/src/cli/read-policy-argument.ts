/** Which policy a command is about: one that the server has, or a file that is sent along. */
import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import type { WrittenPolicy } from '../admin/policy-texts.ts'
import { CommandError } from './command-error.ts'

export interface PolicyArgument {
  /** A name, or a file where it could be no name: it ends in `.toml` or has a slash. */
  readonly policy?: string
  readonly file?: string
}

/** As the admin API takes it. */
export interface PolicyOfRequest {
  readonly policy?: string
  readonly written?: WrittenPolicyFile
}

/** One that is read from a file has a name there. */
export type WrittenPolicyFile = Required<WrittenPolicy>

export function readPolicyArgument({ policy, file }: PolicyArgument): PolicyOfRequest {
  if (policy !== undefined && file !== undefined)
    throw new CommandError('Give --policy or --file, not both: they name one policy.')
  if (file !== undefined) return { written: readPolicyFile(file) }
  if (policy === undefined) return {}
  return isPath(policy) ? { written: readPolicyFile(policy) } : { policy }
}

/** The text goes to the server, because only the server knows what it can do. */
export function readPolicyFile(file: string): WrittenPolicyFile {
  try {
    return { text: readFileSync(file, 'utf8'), file: basename(file) }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new CommandError(`${file} cannot be read (${code}).`, { cause: error })
  }
}

function isPath(text: string): boolean {
  return text.endsWith('.toml') || /[/\\]/.test(text)
}
