/**
 * Who of several instances does what only one may do at a time. Time is the database's where several instances share one: an
 * instance's own clock may be a minute wrong. A lease keeps two from beginning the same work, but a holder that was held up
 * may find out late that it has lost it, so the work must bear being done twice. Part of the contract in `stores/store.ts`.
 */
export interface LeaseStore {
  /** Takes the lease, or, held already by this holder, prolongs it. False while somebody else has it. */
  takeLease(lease: Lease): Promise<boolean>
  /** Gives it back before its time. No error when somebody else has it, or nobody. */
  releaseLease(name: string, holder: string): Promise<void>
}

export interface Lease {
  readonly name: string
  /** Another text for each process, each time that it starts. */
  readonly holder: string
  /** From now on; fractions count. */
  readonly seconds: number
}
