/** The proxy rule of the docs, in a real nginx: the other server's discovery document gains our registration endpoint. */
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { freePort } from '../../harness/free-port.ts'
import { describeWithNginx, startNginx } from '../../harness/nginx.ts'

const DOCUMENT = readFileSync(
  join(import.meta.dirname, '../../../docs/operate/beside-your-server.md'),
  'utf8',
)
const RULE = /```nginx\n(.*?)```/s.exec(DOCUMENT)![1]!
const METADATA = {
  authorization_response_iss_parameter_supported: true,
  issuer: 'https://login.example.com',
  token_endpoint: 'https://login.example.com/token',
}

describeWithNginx(
  'the proxy rule that merges the registration endpoint into another server’s metadata',
  () => {
    let theirs: Server
    let stop: () => Promise<void>
    let url = ''
    let spacing = 0

    beforeAll(async () => {
      theirs = createServer((request, response) => {
        const text = JSON.stringify(METADATA, null, spacing)
        const isZipped = request.headers['accept-encoding']?.includes('gzip')
        response.setHeader('content-type', 'application/json; charset=utf-8')
        if (isZipped) response.setHeader('content-encoding', 'gzip')
        response.end(isZipped ? gzipSync(text) : text)
      }).listen(0, '127.0.0.1')
      await once(theirs, 'listening')
      const port = await freePort()
      url = `http://127.0.0.1:${port}`
      const upstream = `127.0.0.1:${(theirs.address() as AddressInfo).port}`
      expect(RULE).toContain('http://your-server;')
      const location = RULE.replace('your-server', upstream)
      const rest = `location / { proxy_pass http://${upstream}; }`
      stop = await startNginx(`server { listen 127.0.0.1:${port}; ${location} ${rest} }`, port)
    })
    afterAll(async () => {
      await stop?.()
      theirs?.closeAllConnections()
      theirs?.close()
    })

    it.each([
      ['/.well-known/openid-configuration', 0],
      ['/.well-known/oauth-authorization-server', 2],
      ['/.well-known/oauth-authorization-server/tenant', 0],
    ])(
      '%s has it, and everything else as it was, however it is spaced (%i) or packed',
      async (path, spaces) => {
        spacing = spaces
        const response = await fetch(url + path, { headers: { 'accept-encoding': 'gzip' } })
        expect(response.headers.get('content-type')).toContain('application/json')
        const text = await response.text()
        expect(JSON.parse(text)).toEqual({
          ...METADATA,
          registration_endpoint: 'https://register.example.com/register',
        })
        expect(text.match(/registration_endpoint/g)?.length).toBe(1)
      },
    )

    it('leaves every other answer alone', async () => {
      expect(await (await fetch(`${url}/userinfo`)).json()).toEqual(METADATA)
    })
  },
)
