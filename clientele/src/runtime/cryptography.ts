import { hash, randomFillSync, timingSafeEqual } from 'node:crypto'

/** `size` unpredictable bytes. Taken from a pool, because asking the kernel for each one costs more than the rest. */
const POOL = Buffer.allocUnsafe(4096)
let used = POOL.length

export function randomBytes(size: number): Buffer {
  if (used + size > POOL.length) {
    randomFillSync(POOL)
    used = 0
  }
  const bytes = Buffer.from(POOL.subarray(used, used + size))
  // The pool must not keep what was handed out: a heap dump would show live secrets twice.
  POOL.fill(0, used, used + size)
  used += size
  return bytes
}

/** `size` unpredictable bytes as base64url text: URL-safe, so that no client has to escape it. */
export function randomText(size: number): string {
  return randomBytes(size).toString('base64url')
}

/** SHA-256 as base64url. The right hash at rest for 256-bit random secrets; never for what people choose. */
export function sha256(text: string): string {
  return hash('sha256', text, 'base64url')
}

/** Compares two hashes in a time that does not depend on where they differ. */
export function sameHash(a: string, b: string): boolean {
  const left = Buffer.from(a)
  const right = Buffer.from(b)
  return left.length === right.length && timingSafeEqual(left, right)
}
