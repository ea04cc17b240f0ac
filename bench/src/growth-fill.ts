/** Fills a database with real clients: made by the pipeline of the product, stored by its store, in this process. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openGate } from '../../clientele/src/gates/open.ts'
import { createRegistrar } from '../../clientele/src/index.ts'
import { openDataFolder } from '../../clientele/src/server/data-folder.ts'
import { openPostgresStore } from '../../clientele/src/stores/postgres.ts'
import { openSqliteStore } from '../../clientele/src/stores/sqlite.ts'
import { CLIENTELE, type Contestant } from './contestant.ts'
import type { Postgres } from './postgres.ts'
import { MACHINE_METADATA, METADATA, type RegisteredClient } from './registration-request.ts'
import { start } from './running.ts'
import { basicCredentials } from './workloads.ts'

/** Files with the credentials of some of the clients, as the load scripts want them. */
export interface Filled {
  /** A few, that turn after turn are in every cache. */
  readonly few: CredentialFiles
  /** Many from everywhere in the database, more than the cache of parsed clients holds. */
  readonly many: CredentialFiles
}

export interface CredentialFiles {
  readonly read: string
  readonly token: string
}

const FEW = 64
/** Twice what the cache holds (`RECENT_CLIENTS_LIMITS`). */
export const MANY = 20_000
const AT_ONCE = 512

/** Every second client is a machine, which can get tokens; those are asked for and about. */
export async function fill(
  place: string,
  clients: number,
  postgres: Postgres | undefined,
): Promise<{ readonly contestant: Contestant; readonly filled: Filled }> {
  const contestant = postgres?.with(CLIENTELE) ?? CLIENTELE
  // A first start makes the folder's keys and the schema.
  await (await start(contestant, place)).kill()
  const folder = openDataFolder(place)
  const store =
    postgres === undefined
      ? { ...(await openSqliteStore({ file: folder.database })), instance: undefined }
      : await openPostgresStore({ url: await postgres.databaseOf(place) })
  const registrar = createRegistrar({
    issuer: 'http://127.0.0.1',
    store,
    gates: [openGate()],
    sealingKey: Buffer.from(readFileSync(folder.sealingKey, 'utf8').trim(), 'base64url'),
    ...(store.instance === undefined ? {} : { instance: store.instance }),
  })
  const every = Math.max(1, Math.floor(clients / 2 / MANY))
  const kept: RegisteredClient[] = []
  let next = 0
  const work = async () => {
    for (let number = next++; number < clients; number = next++) {
      const client = await registrar.register(metadataOf(number))
      const isKept = number % 2 === 1 && ((number - 1) / 2) % every === 0 && kept.length < MANY
      if (isKept) kept.push(client as unknown as RegisteredClient)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
  await store.close()
  // What a database does after so many writes it would do in the middle of what is measured.
  await postgres?.run(place, 'VACUUM (ANALYZE)')
  await postgres?.run(undefined, 'CHECKPOINT')
  const spread = Math.max(1, Math.floor(kept.length / FEW))
  const few = kept.filter((_, index) => index % spread === 0).slice(0, FEW)
  return { contestant, filled: { few: write(place, 'few', few), many: write(place, 'many', shuffle(kept)) } }
}

function metadataOf(number: number) {
  if (number % 2 === 1) return { ...MACHINE_METADATA, client_name: `Bench machine ${number}` }
  return {
    ...METADATA,
    client_name: `Bench growth ${number}`,
    redirect_uris: [`https://app-${number}.client.example/callback`],
  }
}

function write(place: string, name: string, clients: readonly RegisteredClient[]): CredentialFiles {
  const lines = {
    read: clients.map(({ client_id, registration_access_token }) => {
      return `${CLIENTELE.registrationPath}/${client_id} ${registration_access_token}`
    }),
    token: clients.map((client) => `${CLIENTELE.tokenPath} ${basicCredentials(client)}`),
  }
  const file = (kind: keyof CredentialFiles) => {
    const path = join(place, `${name}-${kind}.txt`)
    writeFileSync(path, `${lines[kind].join('\n')}\n`, { mode: 0o600 })
    return path
  }
  return { read: file('read'), token: file('token') }
}

/** The same order in every run, and none that the database has. */
function shuffle<T>(values: readonly T[]): readonly T[] {
  let state = 1
  const keyed = values.map((value) => {
    state = (state * 48_271) % 2_147_483_647
    return { value, key: state }
  })
  return keyed.sort((a, b) => a.key - b.key).map(({ value }) => value)
}
