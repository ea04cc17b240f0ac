/** The time, handed in, so that tests own it and pure code never reads it. */
export interface Clock {
  /** Milliseconds since the epoch. */
  milliseconds(): number
}

/** The machine's clock. */
export const systemClock: Clock = { milliseconds: () => Date.now() }

/** Seconds since the epoch, the unit of every `…At` and of every time in the RFCs. */
export function nowInSeconds(clock: Clock): number {
  return Math.floor(clock.milliseconds() / 1000)
}
