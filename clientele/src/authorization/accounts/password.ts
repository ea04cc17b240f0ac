import { createBoundedQueue } from './bounded-queue.ts'

/**
 * Passwords at rest: argon2id (RFC 9106) in PHC text, with the parameters of the OWASP Password Storage Cheat Sheet:
 * 19 MiB, two passes, one lane; some 20 ms of one core. A password is normalized to NFKC, so that it matches whichever keyboard typed it (NIST SP 800-63B §3.1.1.2).
 */
export const ARGON2ID = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const

/** Longer input is no password; hashing it would be work that a stranger ordered. */
export const MAX_PASSWORD_BYTES = 1024

/**
 * Two at a time hold 38 MiB and half of Node's four worker threads, so that a burst of sign-ins neither eats the memory
 * nor keeps RSA signatures waiting. Fifty in line wait half a second; whoever comes then is told to come back.
 */
const queue = createBoundedQueue({ concurrent: 2, waiting: 50 })

/** Loaded at the first password: a server that only registers clients never pays for it. */
const argon2 = () => import('@node-rs/argon2')

/** The hash to store. Throws `RangeError` for a password of more than `MAX_PASSWORD_BYTES`. */
export async function hashPassword(password: string): Promise<string> {
  const normal = password.normalize('NFKC')
  if (Buffer.byteLength(normal) > MAX_PASSWORD_BYTES) {
    throw new RangeError(`a password has at most ${MAX_PASSWORD_BYTES} bytes`)
  }
  const { hash } = await argon2()
  // argon2id is the library's default; its enum cannot be named here (erasableSyntaxOnly).
  return queue.run(() => hash(normal, ARGON2ID))
}

/**
 * Whether the password is the one that was hashed. Without a hash (there is no such account) it does the same work and
 * says no: the time of the answer does not tell which email addresses have an account.
 */
export async function isPassword(password: string, passwordHash: string | undefined): Promise<boolean> {
  const normal = password.normalize('NFKC')
  const tooLong = Buffer.byteLength(normal) > MAX_PASSWORD_BYTES
  const { verify } = await argon2()
  const matches = await queue.run(() => verify(passwordHash ?? NOBODYS_HASH, tooLong ? '' : normal))
  return matches && passwordHash !== undefined && !tooLong
}

/** A hash in today's parameters whose digest is random: no password has it. */
export const NOBODYS_HASH = `$argon2id$v=19$m=${ARGON2ID.memoryCost},t=${ARGON2ID.timeCost},p=${ARGON2ID.parallelism}$YQE8DOTddoAG36rIhoLmHg$B+W4/02cUdH2tUg9/f2GWsfY85voN/XxURcipoDmgpo`
