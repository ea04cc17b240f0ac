/** Client registration in an Express 5 application. */
import { argv } from 'node:process'
import { nodeHandler } from 'clientele/node'
import express, { type Request } from 'express'
import { registrar } from './registrar.ts'

const app = express()
app.set('trust proxy', 'loopback')

// Before or behind express.json(): a body that it has read is taken from request.body.
app.use(
  nodeHandler(registrar, { information: (request) => ({ clientAddress: (request as Request).ip ?? '' }) }),
)

app.use(express.json())
app.get('/', (_request, response) => {
  response.send('The server that was here before.')
})

const server = app.listen(Number(argv[2] ?? 3000), () => console.log('listening', server.address()))
