import { afterAll, expect, it } from 'vitest'
import type { EventLoop } from '../../runtime/event-loop.ts'
import { createTemporaryFolder } from '../../testing/temporary-folder.ts'
import { createClientPages, ROWS_PER_TURN } from './client-pages.ts'
import { migrate } from './migrate.ts'
import { migrations } from './migrations.ts'
import { openDatabase } from './open-database.ts'
import { createReads } from './reads.ts'

const folder = createTemporaryFolder()
afterAll(folder.remove)

const CLIENTS = 20_000
/** Of these many in the middle nothing is left but the id. */
const DELETED = { from: 5_000, to: 15_000 }

const database = await openDatabase(folder.newFile('pages.db'))
afterAll(() => void database.close())
migrate(database, migrations, 1)
database.exec(
  `WITH RECURSIVE counting (key) AS (SELECT 1 UNION ALL SELECT key + 1 FROM counting WHERE key < ${CLIENTS})
   INSERT INTO clients (key, id, revision, record)
   SELECT key, 'client ' || key, 1,
     CASE WHEN key > ${DELETED.from} AND key <= ${DELETED.to} THEN NULL ELSE json_object('id', key) END
   FROM counting`,
)
database.exec(
  `INSERT INTO client_terms (term, key) SELECT 'odd', key FROM clients WHERE key % 2 = 1 AND record NOT NULL`,
)

let turns = 0
const loop: EventLoop = {
  atEndOfTurn(work) {
    turns++
    setImmediate(work)
  },
  later: () => () => {},
}
const pages = createClientPages(database, createReads(database), loop)
async function read(page: Parameters<typeof pages>[0]) {
  turns = 0
  const found = (await pages(page)).map(({ id }) => Number(id))
  return { found, turns }
}

it('a page among clients that are there is one bounded query, however many there are', async () => {
  for (const behind of [Number.MIN_SAFE_INTEGER, 4_000, 18_000]) {
    const { found, turns } = await read({ behind, limit: 100 })
    const first = Math.max(0, behind) + 1
    expect([found.length, found[0], found.at(-1), turns]).toEqual([100, first, first + 99, 0])
  }
  const last = await read({ behind: CLIENTS - 3, limit: 100 })
  expect(last).toEqual({ found: [CLIENTS - 2, CLIENTS - 1, CLIENTS], turns: 0 })
  expect(await read({ behind: CLIENTS, limit: 100 })).toEqual({ found: [], turns: 0 })
})

it('a page behind many deleted clients is read in turns of the event loop, not in one go', async () => {
  const { found, turns } = await read({ behind: DELETED.from - 10, limit: 20 })
  expect(found.slice(9, 12)).toEqual([DELETED.from, DELETED.to + 1, DELETED.to + 2])
  expect(found.length).toBe(20)
  expect(turns).toBe((DELETED.to - DELETED.from) / ROWS_PER_TURN)
})

it('a page without a sensible limit is read in turns too, and is whole', async () => {
  const whole = await read({ behind: 0, limit: Number.MAX_SAFE_INTEGER })
  expect(whole.found.length).toBe(CLIENTS - DELETED.to + DELETED.from)
  expect(whole.turns).toBe(CLIENTS / ROWS_PER_TURN)
  const odd = await read({ behind: 0, limit: Number.MAX_SAFE_INTEGER, term: 'odd' })
  expect(odd.found).toEqual(whole.found.filter((key) => key % 2 === 1))
  expect(odd.turns).toBe(odd.found.length / ROWS_PER_TURN)
})

it('a page by a term reads the rows of that term alone', async () => {
  expect(await read({ behind: DELETED.from, limit: 2, term: 'odd' })).toEqual({
    found: [DELETED.to + 1, DELETED.to + 3],
    turns: 0,
  })
  expect(await read({ behind: 0, limit: 2, term: 'even' })).toEqual({ found: [], turns: 0 })
})
