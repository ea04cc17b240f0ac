/** What the server writes: the configuration's section `log`. */
import { z } from 'zod'

export const logSection = z
  .strictObject({
    level: z.enum(['debug', 'info', 'warn', 'error']).default('info').meta({
      description: 'The least severe line that is written; info has one line a request.',
      allowed: '"debug", "info", "warn" or "error"',
    }),
  })
  .prefault({})
  .meta({ description: 'What it writes to standard output.' })
