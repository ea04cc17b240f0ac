/** Adds dynamic client registration to a server that runs oidc-provider: the lines that are new are marked. */
import { randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import { argv } from 'node:process'
import { createRegistrar } from 'clientele' // new
import { openGate } from 'clientele/gates' // new
import { nodeHandler } from 'clientele/node' // new
import { clienteleAdapter, enforceRegistry } from 'clientele/oidc-provider' // new
import { createMemoryStore } from 'clientele/stores/memory' // new
import { Provider } from 'oidc-provider'
import { capabilities } from './capabilities.ts' // new
import { MapAdapter } from './map-adapter.ts'

const server = createServer().listen(Number(argv[2] ?? 3000), '127.0.0.1', () => {
  const address = server.address() as { readonly port: number }
  const issuer = `http://127.0.0.1:${address.port}`

  const store = createMemoryStore() // new
  const sealingKey = randomBytes(32) // new
  const registrar = createRegistrar({ issuer, store, gates: [openGate()], sealingKey, capabilities }) // new

  const provider = new Provider(issuer, {
    adapter: clienteleAdapter({ registry: registrar, otherwise: MapAdapter }), // new; it was: adapter: MapAdapter
    discovery: { registration_endpoint: registrar.registrationEndpoint }, // new
    scopes: ['openid', 'offline_access', 'notes'],
    features: { clientCredentials: { enabled: true } },
    cookies: { keys: [randomBytes(32).toString('hex')] },
  })
  enforceRegistry(provider, registrar) // new

  const handle = provider.callback()
  const register = nodeHandler(registrar) // new
  const handlerOf = (path = '/') => (registrar.matches(path) ? register : handle) // new
  // It was: server.on('request', handle)
  server.on('request', (request, response) => handlerOf(request.url)(request, response))
  console.log('listening', address)
})
