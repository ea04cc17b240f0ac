import type { CancelLater, EventLoop } from '../runtime/event-loop.ts'
import { StoreUnavailable } from './store.ts'

/** How the last real write went: a store that could not do what it was asked to is not ready. */
export interface LastWrite {
  note(batch: readonly { readonly isProbe: boolean }[], hasWorked: boolean): void
  /** Throws `StoreUnavailable` while the last one failed, for as long as that is news. */
  check(): void
  forget(): void
}

/** How long a failed write counts for readiness: longer than supervisors wait between two looks, by default ten seconds. */
export const FAILURE_MILLISECONDS = 15_000

export function createLastWrite(loop: EventLoop): LastWrite {
  let cancelFailure: CancelLater | undefined
  return {
    note(batch, hasWorked) {
      if (batch.every(({ isProbe }) => isProbe)) return
      cancelFailure?.()
      cancelFailure = hasWorked
        ? undefined
        : loop.later(() => {
            cancelFailure = undefined
          }, FAILURE_MILLISECONDS)
    },
    check() {
      if (cancelFailure) throw new StoreUnavailable('the last write failed')
    },
    forget() {
      cancelFailure?.()
    },
  }
}
