/** A server over real HTTP with the operator's verbs in hand, for the flows about who may register. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseConfig } from '../../clientele/src/server/config.ts'
import { type Outside, type RunningServer, startServer } from '../../clientele/src/server/start-server.ts'
import { openSqliteStore } from '../../clientele/src/stores/sqlite.ts'
import type { AuditRecord } from '../../clientele/src/stores/store.ts'
import type { Sections } from '../harness/real-server.ts'
import { type Answer, readAnswer } from '../harness/registration.ts'

export interface GatesServer {
  readonly operator: RunningServer
  readonly url: string
  register(metadata: object, authorization?: string): Promise<Answer>
  /** GET, PUT or DELETE at a client's configuration endpoint; by its registration access token unless told otherwise. */
  manage(method: string, client: Answer, request?: { authorization?: string; body?: object }): Promise<Answer>
  /** Stops the server and reads what its database says. */
  closeAndReadAudit(subject: string): Promise<readonly AuditRecord[]>
  close(): Promise<void>
}

export const WEB = { redirect_uris: ['https://client.example/cb'] }

/** A name and a password as the `Authorization` header (RFC 7617). */
export function basicHeader(name: string, password: string): string {
  return `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`
}

export async function startGatesServer(sections: Sections = {}, outside: Outside = {}): Promise<GatesServer> {
  const data = mkdtempSync(join(tmpdir(), 'clientele-gates-'))
  const config = parseConfig({ ...sections, server: { port: 0, data, drain_seconds: 1, ...sections.server } })
  const operator = await startServer(config, outside)

  async function send(method: string, url: string, authorization: string | undefined, body?: object) {
    const headers = {
      ...(authorization === undefined ? {} : { authorization }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    }
    const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) }
    return readAnswer(await fetch(url, init))
  }
  const close = async () => {
    await operator.close()
    rmSync(data, { recursive: true, force: true })
  }

  return {
    operator,
    url: operator.url,
    register: (metadata, authorization) => send('POST', `${operator.url}/register`, authorization, metadata),
    manage: (method, { body: client }, { authorization, body } = {}) =>
      send(
        method,
        `${operator.url}/register/${encodeURIComponent(client.client_id)}`,
        authorization ?? `Bearer ${client.registration_access_token}`,
        method === 'PUT' ? { client_id: client.client_id, ...WEB, ...body } : undefined,
      ),
    async closeAndReadAudit(subject) {
      await operator.close()
      const store = await openSqliteStore({ file: join(data, 'clientele.db') })
      const audit = await store.listAudit({ subject, limit: 99 })
      await store.close()
      rmSync(data, { recursive: true, force: true })
      return audit
    },
    close,
  }
}
