import type { Migration } from './migrate.ts'
import { registry } from './migrations/001-registry.ts'
import { registryView } from './migrations/002-registry-view.ts'

/** Every step of the schema, in order. A step that was released is never changed: add another. */
export const migrations: readonly Migration[] = [
  { number: 1, name: 'registry', runsWith: 1, sql: registry },
  { number: 2, name: 'registry-view', runsWith: 1, sql: registryView },
]
