/** Client registration in a Hono application, on Node, Bun, Deno or at the edge. */
import { argv } from 'node:process'
import { serve } from '@hono/node-server'
import { getConnInfo } from '@hono/node-server/conninfo'
import { type Context, Hono } from 'hono'
import { registrar } from './registrar.ts'

const app = new Hono()

const register = (c: Context) => {
  const { address } = getConnInfo(c).remote
  return registrar.fetch(c.req.raw, address === undefined ? {} : { clientAddress: address })
}
app.all('/connect/dcr', register)
app.all('/connect/dcr/:client', register)

app.get('/', (c) => c.text('The server that was here before.'))

serve({ fetch: app.fetch, port: Number(argv[2] ?? 3000) }, (address) => console.log('listening', address))
