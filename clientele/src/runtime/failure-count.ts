/** Failures counted in this process's memory without a timer: for a library, which starts none of its own. */
import type { CountedFailures, FailureCount } from './bound-attempts.ts'
import type { Clock } from './clock.ts'

/** So many callers are remembered: whoever fails from ever new addresses must not fill the memory. */
const MOST_KEYS = 10_000

interface Window {
  failures: number
  readonly endsAt: number
}

export function createFailureCount(windowSeconds: number, clock: Clock): FailureCount {
  const windows = new Map<string, Window>()

  function find(key: string): Window | undefined {
    const window = windows.get(key)
    return window !== undefined && window.endsAt > clock.milliseconds() ? window : undefined
  }
  /** Windows are equally long, so the one that was opened first is the first to end. */
  function open(key: string): Window {
    windows.delete(key)
    if (windows.size >= MOST_KEYS) windows.delete(windows.keys().next().value!)
    const window = { failures: 0, endsAt: clock.milliseconds() + windowSeconds * 1000 }
    windows.set(key, window)
    return window
  }
  function render({ failures, endsAt }: Window): CountedFailures {
    return { consumedPoints: failures, msBeforeNext: endsAt - clock.milliseconds() }
  }

  return {
    async get(key) {
      const window = find(key)
      return window === undefined ? null : render(window)
    },
    async penalty(key) {
      const window = find(key) ?? open(key)
      window.failures += 1
      return render(window)
    },
  }
}
