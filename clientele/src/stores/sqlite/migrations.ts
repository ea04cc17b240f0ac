import type { Migration } from './migrate.ts'
import { registry } from './migrations/001-registry.ts'
import { credentials } from './migrations/002-credentials.ts'
import { budgets } from './migrations/003-budgets.ts'
import { coordination } from './migrations/004-coordination.ts'
import { registryView } from './migrations/005-registry-view.ts'

/** Every step of the schema, in order. A step that was released is never changed: add another. */
export const migrations: readonly Migration[] = [
  { number: 1, name: 'registry', sql: registry },
  { number: 2, name: 'credentials', sql: credentials },
  { number: 3, name: 'budgets', sql: budgets },
  { number: 4, name: 'coordination', sql: coordination },
  { number: 5, name: 'registry-view', sql: registryView },
]
