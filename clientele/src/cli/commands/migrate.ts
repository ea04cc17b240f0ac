import { loadConfig } from '../../server/config.ts'
import { migrateStore } from '../../server/migrate-store.ts'
import { StartError } from '../../server/start-error.ts'
import { CommandError } from '../command-error.ts'
import { printJson, printLines } from '../print.ts'

export interface MigrateOptions {
  readonly config?: string
  readonly json?: boolean
}

/** `clientele migrate`: the schema and the roles of a PostgreSQL database, before or while servers run on it. */
export async function migrateCommand(options: MigrateOptions): Promise<void> {
  const config = loadConfig({
    ...(options.config === undefined ? {} : { file: options.config }),
    environment: process.env,
    ignorePolicies: true,
  })
  const { ran, refused } = await migrateStore(config).catch((error: unknown) => {
    throw error instanceof StartError ? new CommandError(error.message, { cause: error }) : error
  })
  if (options.json) return printJson({ ran, refused })
  printLines(ran.length === 0 ? 'The schema is up to date.' : `Steps that were run: ${ran.join(', ')}.`)
  if (refused.length === 0) return
  printLines(
    'This database user may not make the roles. Let somebody run this who may:',
    ...refused.map((sql) => `  ${sql};`),
  )
}
