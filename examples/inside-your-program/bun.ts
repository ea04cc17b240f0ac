/** Client registration on Bun: bun bun.ts */
import { argv } from 'node:process'
import { registrar } from './registrar.ts'

const server = Bun.serve({
  port: Number(argv[2] ?? 3000),
  fetch(request) {
    if (!registrar.matches(request.url)) return new Response('The server that was here before.')
    return registrar.fetch(request, { clientAddress: server.requestIP(request)?.address })
  },
})

console.log('listening', { port: server.port })
