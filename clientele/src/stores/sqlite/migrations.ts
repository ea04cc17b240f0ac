import type { Migration } from './migrate.ts'
import { registry } from './migrations/001-registry.ts'
import { credentials } from './migrations/002-credentials.ts'

/** Every step of the schema, in order. A step that was released is never changed: add another. */
export const migrations: readonly Migration[] = [
  { number: 1, name: 'registry', sql: registry },
  { number: 2, name: 'credentials', sql: credentials },
]
