/** Client registration in a server on node:http. */
import { createServer } from 'node:http'
import { argv } from 'node:process'
import { nodeHandler } from 'clientele/node'
import { registrar } from './registrar.ts'

const register = nodeHandler(registrar)

const server = createServer((request, response) => {
  register(request, response, (error) => {
    // Here is everything else that your server does.
    if (error) console.error(error)
    if (response.headersSent) return
    response
      .writeHead(error ? 500 : 200)
      .end(error ? 'Something went wrong.' : 'The server that was here before.')
  })
})

server.listen(Number(argv[2] ?? 3000), () => console.log('listening', server.address()))
