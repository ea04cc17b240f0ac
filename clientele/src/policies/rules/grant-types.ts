/** `[grant_types]`: which grants a client may use (RFC 7591 §2). */
import { z } from 'zod'
import { defineSection } from '../section.ts'
import { findListFaults } from './list-faults.ts'
import { compileList, listKeys } from './list-rules.ts'

export const grantTypes = defineSection({
  key: 'grant_types',
  schema: z
    .strictObject({
      ...listKeys('grant types'),
      force: z.array(z.string().min(1).max(256)).min(1).max(20).optional().meta({
        description: 'The grant types of every client, whatever it asks for.',
        allowed: 'a list of grant types',
      }),
    })
    .meta({ description: 'Which grants a client may use (RFC 7591 §2).' }),
  compile: (table) => compileList('grant_types', table),
  findFaults(table, { capabilities }) {
    const faults = findListFaults(table, capabilities.grantTypes)
    if (table.allowed?.some((grant) => capabilities.grantTypes.includes(grant)) ?? true) return faults
    return [...faults, { severity: 'error', path: 'allowed', message: 'has none that this server supports' }]
  },
})
