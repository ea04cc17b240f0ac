/** The four verbs as a program calls them: values in, the client information response out. No HTTP. */
import { renderClientInformation } from '../clients/client-information.ts'
import type { Gate, Operation, Presented } from '../gates/gate.ts'
import { OAuthError } from '../oauth/errors.ts'
import { isObject, type JsonObject } from '../oauth/json.ts'
import { deleteRegistration } from '../registration/delete.ts'
import type { RegistrationDeps } from '../registration/deps.ts'
import { read } from '../registration/read.ts'
import { type AnsweredClient, register } from '../registration/register.ts'
import type { IssuedClient } from '../registration/steps/issue-credentials.ts'
import { update } from '../registration/update.ts'
import { unlimitedAttempts } from '../runtime/attempt-limit.ts'
import type { ClientInformation, Credential, HostCaller, Registrar } from './registrar.ts'

export type Verbs = Pick<Registrar, 'register' | 'read' | 'update' | 'delete'>

export function createVerbs(deps: RegistrationDeps, registrationEndpoint: string): Verbs {
  const answer = (issued: IssuedClient & Partial<Pick<AnsweredClient, 'changes'>>) =>
    renderClientInformation(issued.client, {
      ...issued,
      registrationClientUri: `${registrationEndpoint}/${encodeURIComponent(issued.client.id)}`,
    }) as ClientInformation
  return {
    async register(metadata, by = {}) {
      const request = { presented: presentedBy(by, 'register'), metadata: bodyOf(metadata) }
      return answer(await register(request, admitting(by, deps)))
    },
    async read(clientId, by = {}) {
      return answer(await read({ clientId, presented: presentedBy(by, 'read') }, admitting(by, deps)))
    },
    async update(clientId, metadata, by = {}) {
      const request = {
        clientId,
        presented: presentedBy(by, 'update'),
        metadata: bodyOf(isObject(metadata) ? { client_id: clientId, ...metadata } : metadata),
      }
      return answer(await update(request, admitting(by, deps)))
    },
    async delete(clientId, by = {}) {
      await deleteRegistration({ clientId, presented: presentedBy(by, 'delete') }, admitting(by, deps))
    },
  }
}

function presentedBy(by: Credential, operation: Operation): Presented {
  checkCredential(by)
  const { clientAddress: address = '' } = by
  if ('as' in by) return { operation, credentials: { kind: 'none' }, address }
  const { token, certificate } = by
  return {
    operation,
    credentials: token === undefined ? { kind: 'none' } : { kind: 'bearer', token },
    address,
    ...(certificate === undefined ? {} : { certificate }),
  }
}

/** A slip of the program must not make a caller anonymous, nor one for whom the program answers. */
function checkCredential(by: unknown): void {
  if (!isObject(by)) throw new TypeError('The credential must be an object: { token } or { as }.')
  if ('as' in by && !isObject(by.as)) throw new TypeError('The credential’s as must be an object.')
  if (by.token !== undefined && typeof by.token !== 'string')
    throw new TypeError('The credential’s token must be a text.')
}

/** Where the program answers for the caller, its word is the only gate, and nobody guesses. */
function admitting(by: Credential, deps: RegistrationDeps): RegistrationDeps {
  if (!('as' in by)) return deps
  const { checkEveryRequest: _, ...rest } = deps
  return { ...rest, gates: [wordOfTheHost(by.as)], attempts: unlimitedAttempts }
}

function wordOfTheHost({ id, owner, claims, permissions = [], terms = {} }: HostCaller): Gate {
  const caller = {
    gate: 'host',
    ...(id === undefined ? {} : { id }),
    ...(owner === undefined ? {} : { owner }),
    ...(claims === undefined ? {} : { claims }),
  }
  return {
    name: 'host',
    recognizes: () => true,
    admit: async () => ({ caller, permissions, ...terms }),
  }
}

/** As it would have come over the wire: no `undefined`, no dates, and nothing that the program still changes. */
function bodyOf(metadata: unknown): () => Promise<JsonObject> {
  const body: unknown = JSON.parse(JSON.stringify(metadata) ?? 'null')
  return async () => {
    if (isObject(body)) return body
    throw new OAuthError('invalid_client_metadata', 'body.not_an_object', 'The metadata must be one object.')
  }
}
