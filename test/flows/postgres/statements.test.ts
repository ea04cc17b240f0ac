import pg from 'pg'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { attemptsOf } from '../../../clientele/src/authorization/accounts/attempts.ts'
import { countsInDatabase } from '../../../clientele/src/runtime/windowed-count.ts'
import { migrations } from '../../../clientele/src/stores/postgres/migrations.ts'
import { rolesSql } from '../../../clientele/src/stores/postgres/roles.ts'
import { migratePostgres, openPostgresStore } from '../../../clientele/src/stores/postgres.ts'
import {
  sampleAccount,
  sampleApiKey,
  sampleArtifact,
  sampleAudit,
  sampleClient,
  sampleInitialAccessToken,
  sampleServiceAccount,
  sampleSigningKey,
} from '../../../clientele/src/testing/store-samples.ts'
import { useDatabase } from '../../harness/postgres.ts'

/** All the SQL that a store sends: read, and shown to the planner. */
const database = useDatabase()
afterEach(() => vi.restoreAllMocks())

/** Tables whose rows are spread over machines, each by the first column of its primary key. */
const SPREAD = ['clients', 'client_terms', 'artifacts', 'audit', 'account_emails', 'accounts']
/** Those of them that are compared when they are written; the others are written once. */
const COMPARED = ['clients', 'client_terms', 'artifacts', 'audit']

/**
 * What CockroachDB, YugabyteDB or Citus lack, or have only in part, with where that is written. Whoever needs one of these
 * needs another way.
 */
const LACKED: readonly (readonly [RegExp, string])[] = [
  [/pg_(try_)?advisory/i, 'advisory locks: CockroachDB has none, YugabyteDB by setting'],
  [/\b(LISTEN|NOTIFY|UNLISTEN)\b|pg_notify/, 'LISTEN/NOTIFY: CockroachDB and YugabyteDB have none'],
  [
    /\b(SMALL|BIG)?SERIAL\b|\bGENERATED\b.*\bIDENTITY\b|\bnextval\b|\bSEQUENCE\b/i,
    'keys from the database: one hot place',
  ],
  [/\bDEFERR(ABLE|ED)\b|\bINITIALLY\b/i, 'deferrable constraints: CockroachDB has none'],
  [/\bREFERENCES\b|\bFOREIGN KEY\b/i, 'foreign keys: Citus has them within one distribution key only'],
  [
    /\bTRIGGER\b|\bFUNCTION\b|\bPROCEDURE\b|\bDO \$/i,
    'triggers and functions: not on distributed tables, or not the same',
  ],
  [
    /\bEXCLUDE\b|\bMATERIALIZED\b|\bUNLOGGED\b|\bTEMP(ORARY)?\b|\bINHERITS\b|\bPARTITION\b/i,
    'kinds of tables',
  ],
  [/\bLOCK TABLE\b|\bSKIP LOCKED\b|\bFOR (NO KEY|KEY) /i, 'locks that differ'],
  [/\b(xmin|ctid|xmax|oid)\b/i, 'system columns'],
  [/\bjsonb?\b|::inet|::uuid|tsvector|\bcitext\b/i, 'types that refuse text which JSON has, or that differ'],
  [
    /\bSAVEPOINT\b|\bPREPARE TRANSACTION\b|\bDECLARE\b|\bCURSOR\b|\bCOPY\b|\bMERGE\b/i,
    'statements that differ',
  ],
  [
    // What instances must agree on is timed by `clock_timestamp()`, which all three have.
    /\bnow\(\)|\bCURRENT_TIMESTAMP\b|\bgen_random_uuid\b/i,
    'the database’s clock at the beginning of a transaction, which has waited since; and its chance',
  ],
]

describe('every statement of the PostgreSQL store', () => {
  it('uses nothing that CockroachDB, YugabyteDB or Citus lack', async () => {
    const schema = migrations.flatMap(({ sql }) => sql('s'))
    const all = [...schema, ...rolesSql('s'), ...(await collectStatements())]
    expect(all.length).toBeGreaterThan(80)
    for (const text of [
      'INSERT INTO clientele.instances',
      'INSERT INTO "clientele"."attempts"',
      'FROM pg_roles',
    ])
      expect(
        all.some((one) => one.includes(text)),
        text,
      ).toBe(true)
    const wrong = LACKED.flatMap(([pattern, why]) =>
      all.filter((text) => pattern.test(text)).map((text) => `${why}: ${text}`),
    )
    expect(wrong).toEqual([])
    // The net has no holes where it is known to be needed.
    for (const text of [
      'SELECT pg_advisory_lock(1)',
      'NOTIFY x',
      'id BIGSERIAL',
      'x REFERENCES y',
      "'{}'::jsonb",
    ])
      expect(
        LACKED.some(([pattern]) => pattern.test(text)),
        text,
      ).toBe(true)
  })

  it('makes tables with one primary key, whose first column is not null and is what rows are spread by', () => {
    const tables = migrations.flatMap(({ sql }) => sql('s')).filter((text) => /^CREATE TABLE/.test(text))
    expect(tables.length).toBeGreaterThan(12)
    for (const text of tables) expect(text.match(/PRIMARY KEY/g)?.length, text).toBe(1)
    const unique = migrations.flatMap(({ sql }) => sql('s')).filter((text) => /\bUNIQUE\b/.test(text))
    // A unique index of a spread table would have to begin with what it is spread by.
    expect(unique).toEqual([])
  })

  it('locks no rows of tables that are spread over machines', async () => {
    const locking = (await collectStatements()).filter((text) => /FOR UPDATE/.test(text))
    expect(locking.length).toBeGreaterThan(3)
    const wrong = locking.filter((text) => COMPARED.some((table) => text.includes(`.${table} `)))
    expect(wrong).toEqual([])
    expect(SPREAD).toEqual(expect.arrayContaining(COMPARED))
  })

  it('finds rows by a key or an index, never by reading a whole table', async () => {
    const statements = (await collectStatements()).filter((text) =>
      /^(SELECT|UPDATE|DELETE|INSERT)/.test(text.trim()),
    )
    const scans: string[] = []
    const client = new pg.Client({ connectionString: database.url })
    await client.connect()
    try {
      // Tables are small here: whatever is still scanned has no other way.
      await client.query('SET enable_seqscan = off')
      await client.query('SET plan_cache_mode = force_generic_plan')
      for (const [index, text] of statements.entries()) {
        // Prepared, because EXPLAIN (GENERIC_PLAN) is younger than the oldest version that this is for.
        const parameters = Math.max(0, ...[...text.matchAll(/\$(\d+)/g)].map(([, number]) => Number(number)))
        const values = parameters === 0 ? '' : `(${Array(parameters).fill('NULL').join(', ')})`
        await client.query(`PREPARE s${index} AS ${text}`)
        const plan = await client.query<{ 'QUERY PLAN': string }>(`EXPLAIN EXECUTE s${index}${values}`)
        const lines = plan.rows.map((row) => row['QUERY PLAN'])
        scans.push(...lines.filter((line) => /Seq Scan/.test(line)).map((line) => `${line.trim()}: ${text}`))
      }
    } finally {
      await client.end()
    }
    expect(statements.length).toBeGreaterThan(40)
    // A handful of rows: signing keys, numbers of instances; and receipts that dead processes left, once in hours.
    const small = /Seq Scan on (signing_keys|instances|(authorization_)?(locks|receipts)|migrations|pg_\w+)\b/
    expect(scans.filter((scan) => !small.test(scan))).toEqual([])
  })
})

/** Runs everything that a store can do, its start included, and gives every text that went to the database. */
async function collectStatements(): Promise<string[]> {
  await migratePostgres({ url: database.url })
  await database.empty()
  const seen = new Set<string>()
  const query = pg.Client.prototype.query
  vi.spyOn(pg.Client.prototype, 'query').mockImplementation(function (this: pg.Client, ...args: unknown[]) {
    const [first] = args
    const text = typeof first === 'string' ? first : (first as { text?: string }).text
    if (text) seen.add(text)
    return Reflect.apply(query, this, args)
  })
  await migratePostgres({ url: database.url })
  const store = await openPostgresStore({ url: database.url })
  const failures = attemptsOf(1, countsInDatabase(store.counting)('test', 60))
  for (let attempt = 0; attempt < 3; attempt++) await failures.take('key')
  await failures.giveBack('key')
  await failures.forget('key')
  await store.counting.deleteExpired(1, 1)
  const token = sampleInitialAccessToken({ usesLeft: 9 })
  await store.createInitialAccessToken(token, sampleAudit(token.id))
  const budgets = [
    { key: 'standing', most: 9 },
    { key: 'windowed', most: 9, windowEnds: 5_000_000_000 },
  ]
  const client = sampleClient({ holds: ['standing'], terms: ['a=b'] })
  const audit = sampleAudit(client.id)
  const replayMark = { kind: 'Replay', id: 'x' }
  await store.createClient(client, { spends: token.id, budgets, replayMark, audit })
  await store.replaceClient({ ...client, revision: 2, terms: ['a=c'] }, { budgets, audit })
  await store.findClient(client.id)
  await store.listClients({ limit: 1 })
  await store.listClients({ limit: 1, after: client.id, term: 'a=c' })
  await store.countBudget('standing', 1)
  await store.deleteExpiredBudgets(1, 1)
  await store.deleteClient(client.id, audit)
  await store.findInitialAccessToken(token.id)
  await store.listInitialAccessTokens({ limit: 1 })
  await store.revokeInitialAccessToken(token.id, 1, audit)
  const key = sampleApiKey()
  await store.createApiKey(key, audit)
  await store.findApiKey(key.id)
  await store.listApiKeys({ limit: 1 })
  await store.noteApiKeyUse(key.id, 5)
  await store.revokeApiKey(key.id, 1, audit)
  const service = sampleServiceAccount()
  await store.createServiceAccount(service, audit)
  await store.noteServiceAccountUse(service.name, 5)
  await store.listServiceAccounts({ limit: 1 })
  await store.listServiceAccounts({ limit: 1, after: service.name })
  await store.deleteServiceAccount(service.name, audit)
  const artifact = sampleArtifact({ uid: 'u', userCode: 'c', grantId: 'g' })
  await store.saveArtifact(artifact)
  await store.findArtifact(artifact.kind, artifact.id)
  await store.findArtifactByUid(artifact.kind, 'u')
  await store.findArtifactByUserCode(artifact.kind, 'c')
  await store.consumeArtifact(artifact.kind, artifact.id, 1)
  await store.deleteArtifact(artifact.kind, artifact.id)
  await store.deleteArtifactsOfGrant('g')
  await store.deleteExpiredArtifacts(1, 1)
  const account = sampleAccount()
  await store.createAccount(account, audit)
  await store.findAccount(account.id)
  await store.findAccountByEmail(account.email)
  const signing = sampleSigningKey({ retiredAt: 1, deleteAfter: 2 })
  await store.createFirstSigningKeys([signing], audit)
  await store.rotateSigningKey(sampleSigningKey(), { at: 1, deleteAfter: 2 }, audit)
  await store.listSigningKeys()
  await store.deleteSigningKey(signing.kid, audit)
  await store.listAudit({ limit: 1 })
  await store.listAudit({ limit: 1, subject: 'x' })
  await store.appendAudit(audit)
  await store.setReplayMark({ kind: 'Replay', id: 'y' })
  const after = await store.findAuditEnd()
  await store.listAuditAfter({ limit: 5 })
  await store.listAuditAfter({ after, limit: 5 })
  await store.moveCursor('reader', undefined, '1')
  await store.moveCursor('reader', '1', '2')
  await store.findCursor('reader')
  await store.takeLease({ name: 'sweep', holder: 'x', seconds: 5 })
  await store.releaseLease('sweep', 'x')
  await store.ready()
  for (let count = 0; count < 70; count++) await store.appendAudit(audit)
  await store.close()
  vi.restoreAllMocks()
  return [...seen].filter((text) => !/^(BEGIN|COMMIT|ROLLBACK|CREATE DATABASE|TRUNCATE)/.test(text))
}
