/** Client registration in a Fastify 5 application. */
import { argv } from 'node:process'
import { nodeHandler } from 'clientele/node'
import fastify from 'fastify'
import { registrar } from './registrar.ts'

const app = fastify()
const handle = nodeHandler(registrar)

app.register(async (scope) => {
  // In this scope alone: the registrar reads the body itself, as it came, and answers a wrong one as the RFC says.
  scope.removeAllContentTypeParsers()
  scope.addContentTypeParser('*', (_request, _payload, done) => done(null))
  scope.all('/connect/dcr*', async (request, reply) => {
    reply.hijack()
    await handle(request.raw, reply.raw)
  })
})

app.get('/', () => 'The server that was here before.')

await app.listen({ port: Number(argv[2] ?? 3000) })
console.log('listening', app.server.address())
