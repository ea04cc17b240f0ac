import type { Caller } from '../clients/client.ts'
import { OAuthError } from '../oauth/errors.ts'
import type { Admission, Gate, Operation, Permission, Presented } from './gate.ts'

/** Whom the host application lets in, or why not. */
export type HostDecision =
  | {
      readonly caller: Pick<Caller, 'id' | 'owner' | 'claims'>
      readonly permissions?: readonly Permission[]
      /** As on an initial access token: what the client gets whatever it asks for, and what governs it. */
      readonly terms?: Pick<Admission, 'fixed' | 'policy'>
    }
  /** `credentials`: none, or bad ones (401). `permission`: good ones that do not permit this (403). */
  | { readonly refused: 'credentials' | 'permission' }

/**
 * Decides about a request by its address and headers; its body is not there to be read. `operation` is `register`, or
 * what is wanted of a registration.
 */
export type HostFunction = (request: Request, operation: Operation) => Promise<HostDecision> | HostDecision

/** What the host application decides with, and about what. */
export interface HostGateOptions {
  /** Also hears of reading, updating and deleting: `[management]` does not narrow it. */
  readonly decide: HostFunction
  /** What of the requests is the host's to judge; everything, unless said otherwise. It is asked before other gates. */
  readonly recognizes?: (presented: Presented) => boolean
  readonly challenge?: 'Bearer' | 'Basic'
  /** As of every gate: to be set where the host judges passwords. */
  readonly isGuessable?: boolean
}

/** Asks the host application, where one embeds this: its sessions, its policies, any claim and any scope. */
export function hostFunctionGate(options: HostGateOptions): Gate {
  const { decide, recognizes = () => true, challenge, isGuessable = false } = options
  return {
    name: 'host',
    isGuessable,
    ...(challenge === undefined ? {} : { challenge }),
    recognizes: (presented) => presented.request !== undefined && recognizes(presented),
    async admit({ request, operation }) {
      const { url, method, headers } = request!
      const decision = await decide(new Request(url, { method, headers }), operation)
      if ('refused' in decision) throw refusal(decision.refused, challenge)
      const { caller, permissions = [], terms = {} } = decision
      // A caller's own words for the gate do not count: the record must say which gate it really was.
      return { caller: { ...caller, gate: 'host' }, permissions, ...terms }
    },
  }
}

function refusal(refused: 'credentials' | 'permission', challenge: Gate['challenge']): OAuthError {
  const options = challenge === undefined ? {} : { challenges: [challenge] }
  return refused === 'permission'
    ? new OAuthError('insufficient_scope', 'host.not_permitted', 'This is not permitted.', options)
    : new OAuthError('invalid_token', 'host.refused', 'These credentials are not accepted here.', options)
}
