/** Measures how many bytes Clientele stores and answers, so that the floor does the same. */
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { CLIENTELE, clienteleDatabase, type Sizes } from './contestant.ts'
import type { Postgres } from './postgres.ts'
import { MACHINE_METADATA } from './registration-request.ts'
import { start } from './running.ts'
import { basicCredentials } from './workloads.ts'

export async function measureSizes(folder: string): Promise<Sizes> {
  const running = await start(CLIENTELE, join(folder, 'sizes'))
  try {
    const { answerLength, client_id } = await running.register()
    const machine = await running.register(MACHINE_METADATA)
    const token = await fetch(running.url + CLIENTELE.tokenPath, {
      method: 'POST',
      headers: { authorization: `Basic ${basicCredentials(machine)}` },
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
    })
    const tokenAnswer = Buffer.byteLength(await token.text())
    if (token.status !== 200) throw new Error(`the token request was answered with ${token.status}`)
    await running.kill()
    const database = new Database(clienteleDatabase(running.folder))
    const sizeOf = (table: string, condition: string, value: string) =>
      bytesOf(database.prepare(`SELECT * FROM ${table} WHERE ${condition} = ?`).get(value))
    try {
      const clientRow = sizeOf('clients', 'id', client_id) + sizeOf('audit', 'subject', client_id)
      const tokenRow = sizeOf('artifacts', 'client_id', machine.client_id)
      return { clientRow, clientAnswer: answerLength, tokenRow, tokenAnswer }
    } finally {
      database.close()
    }
  } finally {
    await running.kill()
  }
}

/** The same with the rows that are written to PostgreSQL for a client; of tokens, the floor on PostgreSQL is not asked. */
export async function measurePostgresSizes(postgres: Postgres, folder: string, sizes: Sizes): Promise<Sizes> {
  const place = join(folder, 'sizes-postgres')
  const running = await start(postgres.with(CLIENTELE), place)
  try {
    const { answerLength, client_id } = await running.register()
    const sizeOf = async (table: string, column: string) => {
      const [row] = await postgres.run(place, `SELECT * FROM clientele.${table} WHERE ${column} = $1`, [
        client_id,
      ])
      return bytesOf(row)
    }
    const clientRow = (await sizeOf('clients', 'key')) + (await sizeOf('audit', 'subject'))
    return { ...sizes, clientRow, clientAnswer: answerLength }
  } finally {
    await running.kill()
  }
}

function bytesOf(row: unknown): number {
  return Buffer.byteLength(Object.values(row as object).join(''))
}
