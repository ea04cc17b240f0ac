import type { Context } from 'hono'
import type { Operation } from '../../gates/gate.ts'
import { deleteRegistration } from '../../registration/delete.ts'
import { read } from '../../registration/read.ts'
import { update } from '../../registration/update.ts'
import { answerClient } from '../client-information-response.ts'
import { CORS_HEADERS } from '../cors.ts'
import { noteClient } from '../note-client.ts'
import { checkDeclaredLength, readJsonBody } from '../read-json-body.ts'
import { readPresented } from '../read-presented.ts'
import type { RegistrationEndpointDeps } from './client-registration.ts'

type Handler = (c: Context) => Promise<Response>

/** The client configuration endpoint (RFC 7592 §2): read, update, delete. No rules here. */
export function clientConfigurationEndpoint(deps: RegistrationEndpointDeps): {
  get: Handler
  put: Handler
  delete: Handler
} {
  return {
    async get(c) {
      return answerClient(c, 200, await read(managementRequest(c, 'read'), deps.registration), deps)
    },
    async put(c) {
      checkDeclaredLength(c.req.raw, deps.bodyBytes)
      const metadata = () => readJsonBody(c.req.raw, deps.bodyBytes, deps.holdsLengths)
      return answerClient(
        c,
        200,
        await update({ ...managementRequest(c, 'update'), metadata }, deps.registration),
        deps,
      )
    },
    async delete(c) {
      const request = managementRequest(c, 'delete')
      await deleteRegistration(request, deps.registration)
      noteClient(c, request.clientId)
      return new Response(null, {
        status: 204,
        headers: { 'cache-control': 'no-store', pragma: 'no-cache', ...CORS_HEADERS },
      })
    },
  }
}

function managementRequest(c: Context, operation: Operation) {
  return { clientId: c.req.param('client_id') ?? '', presented: readPresented(c, operation) }
}
