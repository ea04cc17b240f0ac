import { z } from 'zod'

/** A key that is a time: from one second to `most`. */
export const seconds = (standard: number, most: number, description: string) =>
  z
    .int()
    .min(1)
    .max(most)
    .default(standard)
    .meta({ description, allowed: `whole seconds from 1 to ${most}` })
