import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, it } from 'vitest'
import { runCommand, startChildServer, stopChildServer } from './child-server.ts'
import { type Load, runUntilKilled } from './durability/killed-child.ts'

const KILLS = 8
const CALLERS = 32
/** Acknowledgements of each life, so that each kill hits a server that is busy writing. */
const LEAST_BEFORE_KILL = 100
const COMMAND = fileURLToPath(new URL('../../clientele/bin/clientele.js', import.meta.url))

const folder = mkdtempSync(join(tmpdir(), 'clientele-durability-'))
const data = join(folder, 'data')
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A registration that was answered with 201, or with 204 when it was deleted. */
interface Acknowledged {
  readonly clientId: string
  readonly token: string
  readonly deleted: boolean
}

it(`has every registration that it acknowledged over HTTP after ${KILLS} SIGKILLs under load`, async () => {
  const token = await makeInitialAccessToken()
  const acknowledged: Acknowledged[] = []
  for (let kill = 0; kill < KILLS; kill++) {
    const args = [COMMAND, 'serve', '--port', '0', '--data', data]
    const round: Acknowledged[] = []
    await runUntilKilled(args, Math.random() * 700, (firstLine, dead) =>
      register(urlOf(firstLine), token, dead, round),
    )
    acknowledged.push(...round)
  }
  expect(acknowledged.length).toBeGreaterThan(LEAST_BEFORE_KILL * KILLS)
  expect(acknowledged.some(({ deleted }) => deleted)).toBe(true)

  // The tokens of deleted clients are many bad tokens, which the limits would answer with 429.
  const environment = { CLIENTELE_LIMITS__ENABLED: 'false' }
  const server = await startChildServer({ folder, environment }, ['--data', data])
  const lost: string[] = []
  for (const { clientId, token: registrationAccessToken, deleted } of acknowledged) {
    const headers = { authorization: `Bearer ${registrationAccessToken}` }
    const answer = await fetch(`${server.url}/register/${clientId}`, { headers })
    const registered = (await answer.json()) as { client_id?: string }
    const kept = deleted ? answer.status === 401 : answer.status === 200 && registered.client_id === clientId
    if (!kept) lost.push(`${clientId} ${answer.status}`)
  }
  await stopChildServer(server)
  expect(lost).toEqual([])
}, 240_000)

async function makeInitialAccessToken(): Promise<string> {
  const server = await startChildServer({ folder }, ['--data', data])
  const args = ['initial-access-token', 'create', '--uses', '1000000', '--json', '--data', data]
  const { stdout } = await runCommand(args, { folder })
  await stopChildServer(server)
  return (JSON.parse(stdout) as { token: string }).token
}

/** Registers, and deletes every fifth, with many callers at once, until the server is dead. */
function register(url: string, token: string, dead: AbortSignal, round: Acknowledged[]): Load {
  let sayEnough = () => {}
  const enough = new Promise<void>((resolve) => {
    sayEnough = resolve
  })
  const caller = async () => {
    for (let count = 0; !dead.aborted; count++) {
      try {
        round.push(await registerOne(url, token, count % 5 === 4))
        if (round.length > LEAST_BEFORE_KILL) sayEnough()
      } catch {
        // The connection broke: nothing was acknowledged. A short pause, for the kill to be noticed.
        await new Promise((resolve) => setTimeout(resolve, 5))
      }
    }
  }
  const callers = Promise.all(Array.from({ length: CALLERS }, caller))
  return { enough, ended: callers.then(() => {}) }
}

async function registerOne(url: string, token: string, isDeleted: boolean): Promise<Acknowledged> {
  const answer = await fetch(`${url}/register`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ redirect_uris: ['https://app.example/cb'] }),
  })
  const client = (await answer.json()) as { client_id: string; registration_access_token: string }
  if (answer.status !== 201) throw new Error(`registration was answered with ${answer.status}`)
  const { client_id: clientId, registration_access_token: registrationAccessToken } = client
  if (!isDeleted) return { clientId, token: registrationAccessToken, deleted: false }
  const deletion = await fetch(`${url}/register/${clientId}`, {
    method: 'DELETE',
    headers: { authorization: `Bearer ${registrationAccessToken}` },
  })
  if (deletion.status !== 204) throw new Error(`deletion was answered with ${deletion.status}`)
  return { clientId, token: registrationAccessToken, deleted: true }
}

function urlOf(line: string): string {
  return (JSON.parse(line) as { url: string }).url
}
