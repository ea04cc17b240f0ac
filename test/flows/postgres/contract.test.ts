import { describe, expect, it } from 'vitest'
import { openPostgresStore } from '../../../clientele/src/stores/postgres.ts'
import { describeStore } from '../../../clientele/src/testing/store-contract.ts'
import { useDatabase } from '../../harness/postgres.ts'

const database = useDatabase()

describeStore(
  'the PostgreSQL store',
  async () => {
    await database.empty()
    return openPostgresStore({ url: database.url })
  },
  { describe, it, expect },
)
