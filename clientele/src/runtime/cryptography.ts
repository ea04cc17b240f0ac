import { hash, randomFillSync, timingSafeEqual } from 'node:crypto'

/** Unpredictable bytes in advance, because asking the kernel for a few at a time costs more than the rest. */
const POOL = Buffer.allocUnsafe(4096)
let used = POOL.length

/** `size` unpredictable bytes. */
export function randomBytes(size: number): Buffer {
  return draw(size, (start, end) => Buffer.from(POOL.subarray(start, end)))
}

/** `size` unpredictable bytes as base64url text: URL-safe, so that no client has to escape it. */
export function randomText(size: number): string {
  return draw(size, (start, end) => POOL.toString('base64url', start, end))
}

/** Hands the next `size` bytes of the pool out, once. */
function draw<T>(size: number, copy: (start: number, end: number) => T): T {
  if (used + size > POOL.length) {
    randomFillSync(POOL)
    used = 0
  }
  const start = used
  used += size
  const drawn = copy(start, used)
  // The pool must not keep what was handed out: a heap dump would show live secrets twice.
  for (let at = start; at < used; at++) POOL[at] = 0
  return drawn
}

/** SHA-256 as base64url. The right hash at rest for 256-bit random secrets; never for what people choose. */
export function sha256(text: string): string {
  return hash('sha256', text, 'base64url')
}

/** SHA-256 as hexadecimal digits: for what people read and compare, of what is no secret. */
export function sha256Hex(text: string): string {
  return hash('sha256', text, 'hex')
}

/** Compares two hashes in a time that does not depend on where they differ. */
export function sameHash(a: string, b: string): boolean {
  const left = Buffer.from(a)
  const right = Buffer.from(b)
  return left.length === right.length && timingSafeEqual(left, right)
}
