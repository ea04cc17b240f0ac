import { writeSync } from 'node:fs'
import { systemClock } from '../../../clientele/src/runtime/clock.ts'
import { createKeys, uuidFromKey } from '../../../clientele/src/runtime/time-ordered.ts'
import { openSqliteStore } from '../../../clientele/src/stores/sqlite.ts'
import { sampleAudit, sampleClient } from '../../../clientele/src/testing/store-samples.ts'

/**
 * A child of the durability test: `store-writer.ts FILE TOKEN`. Thirty-two callers at once register clients that spend a
 * use of the token, change some, delete some, and say each on standard output as soon as it is promised, until killed.
 */
const [file = '', spends = ''] = process.argv.slice(2)
const store = await openSqliteStore({ file })
const keys = createKeys(systemClock)

// Written at once, not buffered: a promise that was made must be heard even if the next instruction never runs.
const say = (...words: readonly (string | number)[]) => writeSync(1, `${words.join(' ')}\n`)

async function write(turn: number): Promise<void> {
  const client = sampleClient({ id: uuidFromKey(keys.next()) })
  const { id } = client
  if ((await store.createClient(client, { spends, audit: sampleAudit(id) })) !== 'created')
    throw new Error(id)
  say('created', id, 1)
  if (turn % 4 === 0) {
    const changed = { ...client, revision: 2, updatedAt: client.updatedAt + 1 }
    await store.replaceClient(changed, { audit: sampleAudit(id, 'client.updated') })
    say('replaced', id, 2)
  }
  if (turn % 8 === 0) {
    await store.deleteClient(id, sampleAudit(id, 'client.deleted'))
    say('deleted', id, 0)
  }
}

say('ready')
await Promise.all(
  Array.from({ length: 32 }, async (_, caller) => {
    for (let turn = caller; ; turn++) await write(turn)
  }),
)
