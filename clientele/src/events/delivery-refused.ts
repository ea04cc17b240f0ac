/** A receiver answered, and did not take the event. */
export class DeliveryRefused extends Error {
  /** What it asked to be left alone for. */
  readonly retryAfterSeconds: number | undefined

  constructor(status: number, retryAfter: string | null) {
    super(`the receiver answered with ${status}`)
    this.name = 'DeliveryRefused'
    this.retryAfterSeconds =
      retryAfter !== null && /^\d{1,9}$/.test(retryAfter) ? Number(retryAfter) : undefined
  }
}
