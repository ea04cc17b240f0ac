import type { Clock } from './clock.ts'
import { randomBytes } from './cryptography.ts'

/**
 * Growing ids. A database writes where the page is warm: rows that arrive together are stored together when their
 * key grows with time, and a random key costs twenty times the written bytes (design §4).
 *
 * A *key* is a safe integer: 41 bits of milliseconds since 2024, then a 12-bit count within the millisecond. It never
 * repeats in one process. Where several processes share one store, each has a number (0 to 255), which takes the last 8
 * of the 12 bits: then no two of them ever make the same key, and keys still grow. A *client id* is a UUIDv7 (RFC 9562 §5.7) whose first 60 bits are that key and whose last
 * 62 bits are random: no two instances collide, nobody guesses the next one, and a store may read the key back.
 */
const EPOCH = Date.UTC(2024, 0, 1)
const COUNT = 4096

/** So many processes can share one store and never make the same key. */
export const INSTANCES = 256

export interface Keys {
  /** The next key: greater than every one before it from this generator. */
  next(): number
}

/** `instance` is this process's number among those that share its store; absent where it is alone. */
export function createKeys(clock: Clock, instance?: number): Keys {
  const [step, offset] = instance === undefined ? [1, 0] : [INSTANCES, instance]
  if (!(Number.isInteger(offset) && offset >= 0 && offset < INSTANCES)) {
    throw new RangeError(`the number of an instance is a whole number from 0 to ${INSTANCES - 1}`)
  }
  let last = offset
  return {
    next() {
      // A clock that steps back must not make a key repeat: then count on from the last one.
      last = Math.max((clock.milliseconds() - EPOCH) * COUNT + offset, last + step)
      return last
    },
  }
}

/** The UUIDv7 that carries `key`. */
export function uuidFromKey(key: number): string {
  const milliseconds = Math.floor(key / COUNT) + EPOCH
  const time = milliseconds.toString(16).padStart(12, '0')
  const count = (key % COUNT).toString(16).padStart(3, '0')
  const bytes = randomBytes(8)
  bytes[0] = (bytes[0]! & 0x3f) | 0x80
  const random = bytes.toString('hex')
  return `${time.slice(0, 8)}-${time.slice(8)}-7${count}-${random.slice(0, 4)}-${random.slice(4)}`
}

const UUID_V7 = /^([0-9a-f]{8})-([0-9a-f]{4})-7([0-9a-f]{3})-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

/** The key that a UUIDv7 of ours carries, or undefined for any other text. */
export function keyFromUuid(uuid: string): number | undefined {
  const match = UUID_V7.exec(uuid)
  if (!match) return undefined
  const key = (Number.parseInt(match[1]! + match[2]!, 16) - EPOCH) * COUNT + Number.parseInt(match[3]!, 16)
  return key > 0 && Number.isSafeInteger(key) ? key : undefined
}
