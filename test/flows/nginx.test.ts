/** The nginx configurations of `deploy/`, in a real nginx in front of a real server. */
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type CertificateWorkshop, openCertificateWorkshop } from '../harness/certificates.ts'
import { freePort } from '../harness/free-port.ts'
import { describeWithNginx, startNginx } from '../harness/nginx.ts'
import { ask, type BareServer, startBareServer } from '../harness/transport.ts'

const DEPLOY = join(import.meta.dirname, '../../deploy')
const ISSUER = 'https://id.example.com'
const CLIENT = { redirect_uris: ['https://app.example/cb'] }

/** The file as it is delivered, with this machine's ports and files in it. Each name must be there, or nothing is tested. */
function adapt(file: string, changes: Readonly<Record<string, string>>): string {
  return Object.entries(changes).reduce(
    (text, [written, here]) => {
      expect(text, file).toContain(written)
      return text.replaceAll(written, here)
    },
    readFileSync(join(DEPLOY, file), 'utf8'),
  )
}

describeWithNginx('nginx with TLS in front of two servers', () => {
  let workshop: CertificateWorkshop
  let server: BareServer
  let stop: () => Promise<void>
  let url = ''
  let plain = ''
  let ca = ''

  beforeAll(async () => {
    workshop = openCertificateWorkshop()
    const authority = workshop.authority('root', '/CN=Root')
    const own = authority.issue('server', '/CN=localhost', { altNames: 'DNS:localhost' })
    ca = authority.cert
    server = await startBareServer({
      server: { issuer: ISSUER, trusted_proxies: ['127.0.0.1'] },
      registration: { anonymous: true },
      limits: { failures_per_address: 3 },
    })
    const upstream = `127.0.0.1:${new URL(server.url).port}`
    const [tlsPort, plainPort] = [await freePort(), await freePort()]
    url = `https://127.0.0.1:${tlsPort}`
    plain = `http://127.0.0.1:${plainPort}`
    const configuration = adapt('nginx.conf', {
      '10.0.0.11:7591': upstream,
      '10.0.0.12:7591': upstream,
      'listen 80;': `listen 127.0.0.1:${plainPort};`,
      'listen 443 ssl;': `listen 127.0.0.1:${tlsPort} ssl;`,
      '/etc/nginx/id.example.com.pem': own.certFile,
      '/etc/nginx/id.example.com.key': own.keyFile,
      '/etc/nginx/clientele.locations.conf': join(DEPLOY, 'nginx.locations.conf'),
    })
    stop = await startNginx(configuration, tlsPort)
  })
  afterAll(async () => {
    await stop?.()
    await server?.end()
    workshop?.delete()
  })

  it('registers, and every address in the answer is the issuer’s', async () => {
    const made = await ask(`${url}/register`, { ca, method: 'POST', body: CLIENT })
    expect(made.status).toBe(201)
    const at = made.body.registration_client_uri as string
    expect(at).toBe(`${ISSUER}/register/${made.body.client_id}`)
    const headers = { authorization: `Bearer ${made.body.registration_access_token}` }
    const read = await ask(at.replace(ISSUER, url), { ca, headers })
    expect(read).toMatchObject({ status: 200, body: { client_id: made.body.client_id } })
    expect(made.headers['strict-transport-security']).toBe('max-age=31536000')
  })

  it('many at once, and as many clients are there', async () => {
    const made = await Promise.all(
      Array.from({ length: 60 }, () => ask(`${url}/register`, { ca, method: 'POST', body: CLIENT })),
    )
    expect(new Set(made.map(({ status }) => status))).toEqual(new Set([201]))
    expect(new Set(made.map(({ body }) => body.client_id)).size).toBe(60)
  })

  it('tells the server who asks, and passes on no word of the client about it', async () => {
    const guess = (from: string, at: number) =>
      ask(`${url}/register/x`, {
        ca,
        from,
        headers: {
          authorization: 'Bearer cl_rat_guessed',
          'x-forwarded-for': `192.0.2.${at}`,
          forwarded: `for=192.0.2.${at}`,
        },
      })
    const statuses: number[] = []
    for (let at = 1; at <= 5; at++) statuses.push((await guess('127.0.0.2', at)).status)
    expect(statuses).toEqual([401, 401, 401, 429, 429])
    expect((await guess('127.0.0.3', 1)).status).toBe(401)
  })

  it('leaves the last word on a long body to the server, which says so in JSON', async () => {
    const long = await ask(`${url}/register`, {
      ca,
      method: 'POST',
      body: { ...CLIENT, client_name: 'x'.repeat(100_000) },
    })
    expect(long).toMatchObject({ status: 413, body: { error: expect.any(String) } })
  })

  it('shows the operator’s addresses and health to nobody outside', async () => {
    for (const path of [
      '/admin/v1/clients',
      '/tenant/admin/v1/clients',
      '/register/admin/v1/clients',
      '/admin/v1/register/x',
      '/%61dmin/v1/clients',
      '//admin/v1/clients',
      '/livez',
      '/readyz',
      '/tenant/readyz',
    ]) {
      const answer = await ask(url + path, { ca })
      expect(answer.status, path).toBe(404)
      expect(answer.headers['content-type'], path).toBe('text/html')
    }
    const elsewhere = await ask(`${url}/nothing`, { ca })
    expect(elsewhere).toMatchObject({ status: 404, body: { error: expect.any(String) } })
  })

  it('sends whoever asks in the clear to TLS', async () => {
    const answer = await ask(`${plain}/authorize?x=1`, { headers: { host: 'id.example.com' } })
    expect(answer).toMatchObject({ status: 301, headers: { location: `${ISSUER}/authorize?x=1` } })
  })
})

describeWithNginx('nginx in front of servers that break off', () => {
  it.each([
    ['PUT', '/register/x'],
    ['DELETE', '/tenant/register/x'],
    ['POST', '/register'],
    ['POST', '/token'],
  ])('sends a %s of %s to one of them only: it may have been done', async (method, path) => {
    const asked: string[] = []
    const breaking = () =>
      createServer((request) => {
        asked.push(`${request.method} ${request.url}`)
        request.socket.destroy()
      }).listen(0, '127.0.0.1')
    const servers = [breaking(), breaking()]
    await Promise.all(servers.map((server) => once(server, 'listening')))
    const [first, second] = servers.map((server) => `127.0.0.1:${(server.address() as AddressInfo).port}`)
    const port = await freePort()
    const configuration = adapt('nginx.compose.conf', {
      'server clientele:7591;': `server ${first}; server ${second};`,
      'listen 8080;': `listen 127.0.0.1:${port};`,
      '/etc/nginx/clientele.locations.conf': join(DEPLOY, 'nginx.locations.conf'),
    })
    const stop = await startNginx(configuration, port)
    try {
      asked.length = 0
      expect((await ask(`http://127.0.0.1:${port}${path}`, { method, body: CLIENT })).status).toBe(502)
      expect(asked).toEqual([`${method} ${path}`])
    } finally {
      await stop()
      for (const server of servers) server.close()
    }
  })
})

describeWithNginx('nginx of compose.yaml', () => {
  it('passes on what it is asked', async () => {
    const port = await freePort()
    const issuer = `http://localhost:${port}`
    const server = await startBareServer({
      server: { issuer, trusted_proxies: ['127.0.0.1'] },
      registration: { anonymous: true },
    })
    const configuration = adapt('nginx.compose.conf', {
      'clientele:7591': `127.0.0.1:${new URL(server.url).port}`,
      'listen 8080;': `listen 127.0.0.1:${port};`,
      '/etc/nginx/clientele.locations.conf': join(DEPLOY, 'nginx.locations.conf'),
    })
    const stop = await startNginx(configuration, port)
    try {
      const made = await ask(`http://127.0.0.1:${port}/register`, { method: 'POST', body: CLIENT })
      expect(made.status).toBe(201)
      expect(made.body.registration_client_uri).toMatch(`${issuer}/register/`)
    } finally {
      await stop()
      await server.end()
    }
  })
})
