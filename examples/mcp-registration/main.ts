/** Registration for an MCP server: its clients find the registrar by themselves, and register before anybody signs in. */
import { randomBytes } from 'node:crypto'
import { argv } from 'node:process'
import { createRegistrar } from 'clientele'
import { openGate } from 'clientele/gates'
import { nodeHandler } from 'clientele/node'
import { createMemoryStore } from 'clientele/stores/memory'
import express from 'express'

const RESOURCE_METADATA = '/.well-known/oauth-protected-resource/mcp'
const app = express()
const server = app.listen(Number(argv[2] ?? 3000), () => {
  const address = server.address() as { readonly port: number }
  const issuer = `http://127.0.0.1:${address.port}`
  const registrar = createRegistrar({
    issuer,
    store: createMemoryStore(),
    gates: [openGate()],
    defaultPolicy: 'mcp',
    sealingKey: randomBytes(32),
    capabilities: { scopes: ['mcp'], defaultScopes: ['mcp'] },
  })
  app.use(nodeHandler(registrar))
  // Your authorization server's metadata (RFC 8414) and your MCP server's (RFC 9728).
  app.get('/.well-known/oauth-authorization-server', (_request, response) => {
    const endpoints = { authorization_endpoint: `${issuer}/authorize`, token_endpoint: `${issuer}/token` }
    const can = { response_types_supported: ['code'], code_challenge_methods_supported: ['S256'] }
    response.json({ issuer, ...endpoints, ...can, registration_endpoint: registrar.registrationEndpoint })
  })
  app.get(RESOURCE_METADATA, (_request, response) => {
    response.json({ resource: `${issuer}/mcp`, authorization_servers: [issuer], scopes_supported: ['mcp'] })
  })
  app.all('/mcp', (_request, response) => {
    const challenge = `Bearer resource_metadata="${issuer}${RESOURCE_METADATA}"`
    response.status(401).set('www-authenticate', challenge).end()
  })
  console.log('listening', address)
})
