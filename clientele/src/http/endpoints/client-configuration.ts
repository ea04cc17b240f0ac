import type { Context } from 'hono'
import { parseAuthorization } from '../../oauth/authorization-header.ts'
import { deleteRegistration } from '../../registration/delete.ts'
import { read } from '../../registration/read.ts'
import { update } from '../../registration/update.ts'
import { answerClient } from '../client-information-response.ts'
import { CORS_HEADERS } from '../cors.ts'
import { noteClient } from '../note-client.ts'
import { checkDeclaredLength, readJsonBody } from '../read-json-body.ts'
import type { RegistrationEndpointDeps } from './client-registration.ts'

type Handler = (c: Context) => Promise<Response>

/** The client configuration endpoint (RFC 7592 §2): read, update, delete. No rules here. */
export function clientConfigurationEndpoint(deps: RegistrationEndpointDeps): { get: Handler; put: Handler; delete: Handler } {
  return {
    async get(c) {
      return answerClient(c, 200, await read(managementRequest(c), deps.registration), deps)
    },
    async put(c) {
      checkDeclaredLength(c.req.raw, deps.bodyBytes)
      const metadata = () => readJsonBody(c.req.raw, deps.bodyBytes)
      return answerClient(c, 200, await update({ ...managementRequest(c), metadata }, deps.registration), deps)
    },
    async delete(c) {
      const request = managementRequest(c)
      await deleteRegistration(request, deps.registration)
      noteClient(c, request.clientId)
      return new Response(null, { status: 204, headers: { 'cache-control': 'no-store', pragma: 'no-cache', ...CORS_HEADERS } })
    },
  }
}

function managementRequest(c: Context) {
  return {
    clientId: c.req.param('client_id') ?? '',
    credentials: parseAuthorization(c.req.raw.headers.get('authorization')),
  }
}
