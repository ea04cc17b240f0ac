/** Client registration on Deno: deno run --allow-net --allow-env deno.ts */
import { argv } from 'node:process'
import { registrar } from './registrar.ts'

Deno.serve(
  { port: Number(argv[2] ?? 3000), onListen: (address) => console.log('listening', { port: address.port }) },
  (request, { remoteAddr }) => {
    if (!registrar.matches(request.url)) return new Response('The server that was here before.')
    return registrar.fetch(request, { clientAddress: remoteAddr.hostname })
  },
)
