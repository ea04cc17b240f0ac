/** Where the characters of ids and secrets come from, and what is too little of them. */
import type { z } from 'zod'
import { isReservedClientId } from '../../clients/reserved-client-id.ts'
import { bitsOf } from '../../runtime/random-characters.ts'

export interface CharacterSource {
  readonly length?: number | undefined
  readonly alphabet?: string | undefined
  readonly prefix?: string | undefined
}

export const ALPHANUMERIC = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'
export const LOWER_ALPHANUMERIC = '0123456789abcdefghijklmnopqrstuvwxyz'

/** RFC 6749 §10.10: what is guessed with a probability of 2^-128 is not guessed. */
const SECRET_BITS = 128
/** Nobody guesses against ids; they must not meet. */
const ID_BITS = 64

type Context = z.RefinementCtx

/** Client secrets: at least 128 bits of entropy. */
export function checkSecretSource({ length, alphabet }: CharacterSource, context: Context): void {
  checkBits(length ?? 43, alphabet ?? ALPHANUMERIC, SECRET_BITS, context)
}

/** Client ids: such that two never meet, and that none has a form that is something else here. */
export function checkIdSource(
  source: CharacterSource & { readonly generator?: string | undefined },
  context: Context,
): void {
  const { generator = 'uuid-v7', length = 22, alphabet = LOWER_ALPHANUMERIC, prefix } = source
  if (prefix !== undefined && isReservedClientId(`${prefix}0`)) {
    add(context, 'prefix', 'begins like something that is no client id here')
  }
  if (generator === 'random') {
    checkBits(length, alphabet, ID_BITS, context)
    if ((prefix ?? '').length + length === 36 && /^[0-9a-f-]*$/i.test(`${prefix ?? ''}${alphabet}`)) {
      add(context, 'length', 'makes ids that look like UUIDs and are none')
    }
    return
  }
  // The standard ids are the keys of their rows, and growing; with something before it none would be.
  if (generator === 'uuid-v7' && prefix !== undefined) {
    add(context, 'prefix', 'is for the generators "uuid-v4" and "random"')
  }
  for (const key of ['length', 'alphabet'] as const) {
    if (source[key] !== undefined) add(context, key, 'is for the generator "random"')
  }
}

function checkBits(length: number, alphabet: string, least: number, context: Context): void {
  const bits = Math.floor(bitsOf(length, alphabet))
  if (bits >= least) return
  add(context, 'length', `makes ${bits} bits of entropy with this alphabet; at least ${least} are needed`)
}

function add(context: Context, key: string, message: string): void {
  context.addIssue({ code: 'custom', message, path: [key] })
}
