/** Servers in processes of their own, on one PostgreSQL database: several instances as they run in earnest. */
import { readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { JsonObject } from '../../../clientele/src/oauth/json.ts'
import { prepareSharedServers } from '../../harness/shared-servers.ts'
import { type ChildServer, startChildServer, stopChildServer } from '../child-server.ts'

export interface Instance extends ChildServer {
  readonly operatorToken: string
  register(metadata: JsonObject): Promise<Registered>
  /** RFC 7592 at this instance, whoever registered the client. */
  manage(client: Registered, method: string, metadata?: JsonObject): Promise<Response>
  post(
    path: string,
    fields: Readonly<Record<string, string>>,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Response>
}

export interface Registered {
  readonly client_id: string
  readonly client_secret: string
  readonly registration_access_token: string
  readonly registration_client_uri: string
}

export function prepareInstances() {
  const shared = prepareSharedServers()
  const children: ChildServer[] = []
  return {
    /** One more instance; `toml` replaces the limits, which are off otherwise. */
    async start(url: string, toml = '[limits]\nenabled = false\n'): Promise<Instance> {
      const file = shared.writeConfig(url)
      writeFileSync(file, readFileSync(file, 'utf8').replace('[limits]\nenabled = false\n', toml))
      const child = await startChildServer({ folder: dirname(file) }, ['--config', file])
      children.push(child)
      const data = file.replace(/\.toml$/, '')
      const at = ({ registration_client_uri }: Registered) =>
        child.url + new URL(registration_client_uri).pathname
      return {
        ...child,
        operatorToken: readFileSync(`${data}/operator.token`, 'utf8').trim(),
        async register(metadata) {
          const headers = { 'content-type': 'application/json' }
          const body = JSON.stringify(metadata)
          const response = await fetch(`${child.url}/register`, { method: 'POST', headers, body })
          if (response.status !== 201) throw new Error(await response.text())
          return (await response.json()) as Registered
        },
        manage: (client, method, metadata) =>
          fetch(at(client), {
            method,
            headers: {
              authorization: `Bearer ${client.registration_access_token}`,
              ...(metadata ? { 'content-type': 'application/json' } : {}),
            },
            ...(metadata ? { body: JSON.stringify(metadata) } : {}),
          }),
        post: (path, fields, headers = {}) =>
          fetch(child.url + path, {
            method: 'POST',
            headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
            body: new URLSearchParams(fields),
          }),
      }
    },
    async remove() {
      await Promise.all(children.map((child) => stopChildServer(child)))
      await shared.remove()
    },
  }
}

export function basic(id: string, secret: string): Record<string, string> {
  return { authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` }
}
