/** `[response_types]`: what a client may ask for at the authorization endpoint (RFC 7591 §2). They follow the grants. */
import { z } from 'zod'
import { defineSection } from '../section.ts'
import { findListFaults } from './list-faults.ts'
import { compileList, listKeys } from './list-rules.ts'

export const responseTypes = defineSection({
  key: 'response_types',
  schema: z
    .strictObject(listKeys('response types'))
    .meta({ description: 'Which response types a client may ask for (RFC 7591 §2).' }),
  compile: (table) => compileList('response_types', table),
  findFaults: (table, { capabilities }) => findListFaults(table, capabilities.responseTypes),
})
