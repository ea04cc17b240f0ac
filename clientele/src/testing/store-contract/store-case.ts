import type { BudgetExhausted, Store } from '../../stores/store.ts'

/** One test of the contract: it gets a new, empty store, which is closed after it. */
export type Case = (sentence: string, body: (store: Store) => Promise<void>) => void

/** Texts that broke other stores: each is a legal id, and none is anybody's. */
export const HOSTILE_TEXTS: readonly string[] = [
  '',
  '\u0000',
  'a\u0000b',
  '__proto__',
  'constructor',
  "'; DROP TABLE clients; --",
  '%',
  '💥',
  '\ud800',
  '\udfff',
  'é',
  'e\u0301',
  'x'.repeat(10_000),
  '9007199254740993',
  '-1',
  // A UUIDv7 whose time is before our epoch, one in capitals, and the largest encoded key.
  '00000000-0000-7000-8000-000000000000',
  '01919DD8-7C00-7000-8000-000000000000',
  'zzzzzzzzzzz',
]

/** Runs `body` `count` times at once and counts each answer: `{ created: 1, 'exhausted: a key': 49 }`. */
export async function countAnswers(
  count: number,
  body: (index: number) => Promise<string | boolean | BudgetExhausted>,
): Promise<Record<string, number>> {
  const answers = await Promise.all(Array.from({ length: count }, (_, index) => body(index)))
  const counts: Record<string, number> = {}
  for (const answer of answers) {
    const name = typeof answer === 'object' ? `exhausted: ${answer.exhausted}` : `${answer}`
    counts[name] = (counts[name] ?? 0) + 1
  }
  return counts
}
