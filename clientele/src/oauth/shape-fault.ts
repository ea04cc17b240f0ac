/** What is wrong with a value's shape: our reason, a sentence, and the element it is about. */
export interface ShapeFault {
  readonly reason: string
  readonly message: string
  readonly index?: number
}
