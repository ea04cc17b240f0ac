/** A reverse proxy with one address for several servers, told apart by the path: a host with more than one issuer. */
import { once } from 'node:events'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface PathProxy {
  readonly origin: string
  /** From now on what is at `path`, and below it, is asked of the server at `url`; well-known addresses that end in it as well. */
  route(path: string, url: string): void
  close(): Promise<void>
}

export async function startPathProxy(): Promise<PathProxy> {
  const routes = new Map<string, string>()
  const server = createServer((incoming, outgoing) => {
    const path = incoming.url!.split('?')[0]!
    const found = [...routes].find(([prefix]) => {
      return path === prefix || path.startsWith(`${prefix}/`) || path.endsWith(prefix)
    })
    if (found === undefined) return void outgoing.writeHead(404).end('no such tenant')
    // As proxies do that are not told otherwise: another Host than the one that the client asked.
    const headers = { ...incoming.headers, host: 'upstream.internal', 'x-forwarded-host': 'evil.example' }
    const { port, hostname } = new URL(found[1])
    const passed = request(
      { hostname, port, path: incoming.url, method: incoming.method, headers },
      (answer) => {
        outgoing.writeHead(answer.statusCode!, answer.rawHeaders)
        answer.pipe(outgoing)
      },
    )
    passed.on('error', () => outgoing.destroy())
    incoming.pipe(passed)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    origin: `http://127.0.0.1:${port}`,
    route: (path, url) => void routes.set(path, url),
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
