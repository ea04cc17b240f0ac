/** Why a command could not do what it was asked, in a sentence. Shown without a stack; the exit code is 1. */
export class CommandError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'CommandError'
  }
}
