import { type Clock, nowInSeconds } from '../runtime/clock.ts'
import { randomText, sameHash, sha256 } from '../runtime/cryptography.ts'

/** Whether a password is the one that was hashed; slow on purpose, and as slow without a hash. */
export type VerifyPassword = (password: string, passwordHash: string | undefined) => Promise<boolean>

const SECONDS = 60
const MOST_REMEMBERED = 1000

/**
 * Remembers for a minute that a password was right, so that a program that registers a hundred clients pays for argon2id
 * once and not a hundred times. What is kept is SHA-256 over a key of this process, the stored hash and the password: in
 * memory only, worth nothing without the key, and void as soon as the account has another hash or is gone, because the
 * account is looked up each time. Only right passwords are remembered, so a guess costs as much as ever, and that a right
 * one is answered sooner tells whoever sent it nothing that the answer does not.
 */
export function rememberPasswords(verify: VerifyPassword, clock: Clock): VerifyPassword {
  const processKey = randomText(32)
  const remembered = new Map<string, { readonly fingerprint: string; readonly until: number }>()
  return async (password, passwordHash) => {
    if (passwordHash === undefined) return verify(password, passwordHash)
    const fingerprint = sha256(`${processKey}\n${passwordHash}\n${password}`)
    const known = remembered.get(passwordHash)
    const isKnown = known !== undefined && known.until > nowInSeconds(clock)
    if (isKnown && sameHash(known.fingerprint, fingerprint)) return true
    if (!(await verify(password, passwordHash))) return false
    if (remembered.size >= MOST_REMEMBERED) remembered.clear()
    remembered.set(passwordHash, { fingerprint, until: nowInSeconds(clock) + SECONDS })
    return true
  }
}
