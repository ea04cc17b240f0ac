/**
 * What a change of a client does to budgets, as numbers to write: one arithmetic for every backend. It reads and decides;
 * the backend calls it within the transaction of the change, and writes.
 */
import type { Budget, BudgetExhausted } from './store.ts'

/** What a client that is created or replaced counts against from now on. */
export interface BudgetClaim {
  /** The keys that it holds. */
  readonly holds: readonly string[]
  readonly budgets: readonly Budget[]
  /** When, in epoch seconds: whether a window is over. */
  readonly at: number
}

/** A budget as it is stored. Of a standing budget, how many clients hold its key. */
export interface StoredBudget {
  readonly used: number
  readonly windowEnds?: number
}

/** What is to be stored under `key`; nothing at all where `used` is 0. */
export interface BudgetWrite extends StoredBudget {
  readonly key: string
  /** What was found under it, if anything was. */
  readonly before?: StoredBudget
}

/** How a backend looks up a budget, within the transaction. */
export type FindBudget = (key: string) => StoredBudget | undefined

/** Most clients count against nothing: they share these. */
const NOTHING: readonly never[] = []

/**
 * What a client claims, as a value: to be made before the transaction. Throws for a standing budget whose key the client
 * does not hold, which would be taken and never given back, and for a windowed one whose key it does hold, which would be
 * given back too early: those are defects of the caller.
 */
export function claimBudgets(
  holds: readonly string[] = NOTHING,
  budgets: readonly Budget[] = NOTHING,
  at: number,
): BudgetClaim {
  for (const { key, windowEnds } of budgets) {
    if (holds.includes(key) !== (windowEnds === undefined)) {
      throw new Error(`a client holds its standing budgets and no others; not so with ${JSON.stringify(key)}`)
    }
  }
  return {
    holds: holds.length === 0 ? NOTHING : [...holds],
    budgets: budgets.length === 0 ? NOTHING : budgets.map((budget) => ({ ...budget })),
    at,
  }
}

/**
 * What to write, each key once, for a client that claims this and held `held` before; or the first of its budgets of which
 * nothing is left.
 */
export function planBudgets(
  { holds, budgets, at }: BudgetClaim,
  held: readonly string[] = NOTHING,
  find: FindBudget,
): readonly BudgetWrite[] | BudgetExhausted {
  if (held.length === 0 && holds.length === 0 && budgets.length === 0) return NOTHING
  const [before, after] = [new Set(held), new Set(holds)]
  const gained = new Set(holds.filter((key) => !before.has(key)))
  const lost = held.filter((key) => !after.has(key))
  const writes: BudgetWrite[] = []

  for (const { key, most, windowEnds } of tightest(budgets)) {
    // Whoever is counted already keeps the place, also where the ceiling came down below the count.
    if (windowEnds === undefined && !gained.delete(key)) continue
    const stored = find(key)
    const isOpen = windowEnds === undefined || isWindowOpen(stored, at)
    const used = isOpen ? (stored?.used ?? 0) : 0
    if (used >= most) return { exhausted: key }
    const ends = isOpen ? (stored?.windowEnds ?? windowEnds) : windowEnds
    writes.push(writeOf(key, { used: used + 1, ...(ends === undefined ? {} : { windowEnds: ends }) }, stored))
  }
  // Counted without a ceiling, so that one which is set later finds the right number.
  for (const key of gained) {
    const stored = find(key)
    writes.push(writeOf(key, { used: (stored?.used ?? 0) + 1 }, stored))
  }
  return [...writes, ...planGivingBack(lost, find)]
}

/** What to write for keys that a client holds no more. */
export function planGivingBack(held: readonly string[] = NOTHING, find: FindBudget): readonly BudgetWrite[] {
  return [...new Set(held)].flatMap((key) => {
    const stored = find(key)
    return stored ? [writeOf(key, { ...stored, used: Math.max(0, stored.used - 1) }, stored)] : []
  })
}

/** How much of a stored budget is used at `now`. */
export function usedAt(stored: StoredBudget | undefined, now: number): number {
  if (!stored) return 0
  return stored.windowEnds === undefined || isWindowOpen(stored, now) ? stored.used : 0
}

function isWindowOpen(stored: StoredBudget | undefined, now: number): boolean {
  return stored?.windowEnds !== undefined && stored.windowEnds > now
}

function writeOf(key: string, now: StoredBudget, before: StoredBudget | undefined): BudgetWrite {
  return { key, ...now, ...(before && { before }) }
}

/** Each key once, at its first place, with the least that any of its budgets allows. */
function tightest(budgets: readonly Budget[]): Iterable<Budget> {
  const byKey = new Map<string, Budget>()
  for (const budget of budgets) {
    const other = byKey.get(budget.key)
    byKey.set(budget.key, other ? { ...other, most: Math.min(other.most, budget.most) } : budget)
  }
  return byKey.values()
}
