import type { Context } from 'hono'
import type { RegistrationDeps } from '../../registration/deps.ts'
import { register } from '../../registration/register.ts'
import { type AnswerOptions, answerClient } from '../client-information-response.ts'
import { checkDeclaredLength, readJsonBody } from '../read-json-body.ts'
import { readPresented } from '../read-presented.ts'

export interface RegistrationEndpointDeps extends AnswerOptions {
  readonly registration: RegistrationDeps
  readonly bodyBytes: number
  /** Whether an HTTP parser holds every body to its Content-Length, as Node's does. Default: false, and bytes are counted. */
  readonly holdsLengths?: boolean
}

/** The client registration endpoint (RFC 7591 §3): reads credentials and body, calls the verb, renders. No rules here. */
export function clientRegistrationEndpoint(
  deps: RegistrationEndpointDeps,
): (c: Context) => Promise<Response> {
  return async (c) => {
    const request = c.req.raw
    checkDeclaredLength(request, deps.bodyBytes)
    const presented = readPresented(c, 'register')
    const metadata = () => readJsonBody(request, deps.bodyBytes, deps.holdsLengths)
    const issued = await register({ presented, metadata }, deps.registration)
    return answerClient(c, 201, issued, deps)
  }
}
