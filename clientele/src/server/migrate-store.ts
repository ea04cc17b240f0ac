/** Brings the schema of a shared database up to date, without a server: for `clientele migrate`. */
import type { Migrated } from '../stores/postgres.ts'
import type { Config } from './config-schema.ts'
import { describe } from './open-store.ts'
import { StartError } from './start-error.ts'

/** Throws `StartError` with a sentence when it cannot. */
export async function migrateStore({ storage }: Pick<Config, 'storage'>): Promise<Migrated> {
  const { url, schema } = storage
  if (url === undefined) {
    throw new StartError(
      'storage.url is not set: a SQLite database is brought up to date when the server starts.',
    )
  }
  const { migratePostgres } = await import('../stores/postgres.ts')
  try {
    return await migratePostgres({ url, schema })
  } catch (error) {
    throw new StartError(describe(error), { cause: error })
  }
}
