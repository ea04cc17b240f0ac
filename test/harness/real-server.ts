/** The whole server, in this process, on a port and in a data folder of its own: what a flow test talks to. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { JsonObject } from '../../clientele/src/oauth/json.ts'
import { parseConfig } from '../../clientele/src/server/config.ts'
import { type Outside, startServer } from '../../clientele/src/server/start-server.ts'
import { type Credentials, Person } from './person.ts'
import { storageForFlows } from './postgres.ts'

/** A running server, as its clients and its operator see it. */
export interface RealServer {
  /** Where it listens. */
  readonly url: string
  readonly issuer: string
  /** The authorization server metadata, as a client read it. */
  readonly metadata: Readonly<Record<string, string>>
  /** A new end-user's browser, with an account that exists. */
  person(): Person
  /** Sends a registration request; JSON unless `headers` say otherwise. */
  register(body: JsonObject | string, headers?: Readonly<Record<string, string>>): Promise<Response>
  /** A new initial access token, for one registration. */
  initialAccessToken(): Promise<string>
  close(): Promise<void>
}

/** Sections of the configuration. */
export type Sections = Readonly<Record<string, Readonly<Record<string, unknown>>>>

/** The end-user that every such server knows. */
export const ADA: Credentials = { email: 'ada@example.org', password: 'correct horse battery staple' }

/** Starts a server that lets anyone register, unless `sections` of its configuration say otherwise. */
export async function startRealServer(sections: Sections = {}, outside: Outside = {}): Promise<RealServer> {
  const data = mkdtempSync(join(tmpdir(), 'clientele-'))
  const config = parseConfig({
    ...sections,
    storage: { ...(await storageForFlows()), ...sections.storage },
    server: { port: 0, data, drain_seconds: 1, ...sections.server },
    registration: { anonymous: true, ...sections.registration },
  })
  const running = await startServer(config, outside)
  await running.createAccount(ADA)
  return {
    ...(await readServer(running.url, running.issuer)),
    async initialAccessToken() {
      const { token } = await running.createInitialAccessToken({ uses: 1, expiresInSeconds: 60 })
      return token
    },
    async close() {
      await running.close()
      rmSync(data, { recursive: true, force: true })
    },
  }
}

/** What anybody can do at a server that listens at `url`. */
export async function readServer(
  url: string,
  issuer: string,
): Promise<Omit<RealServer, 'initialAccessToken' | 'close'>> {
  const path = new URL(issuer).pathname.replace(/\/$/, '')
  const discovery = await fetch(`${url}/.well-known/oauth-authorization-server${path}`)
  const metadata = (await discovery.json()) as Record<string, string>
  return {
    url,
    issuer,
    metadata,
    person: () => new Person(url, ADA),
    register: (body, headers = {}) =>
      fetch(url + new URL(metadata.registration_endpoint!).pathname, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
  }
}
