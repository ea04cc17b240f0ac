/** Who calls, as your application knows it already: by a session, a token of your own, or as here by a table. */
import type { HostFunction } from 'clientele/server'

const CALLERS = new Map([
  ['Bearer pipeline', { id: 'pipeline', scope: 'register', may_register: ['orders.read'] }],
  [
    'Bearer platform',
    { id: 'platform', scope: 'register secrets', may_register: ['orders.read', 'orders.write'] },
  ],
])

/** The claims go along with the caller: the policy reads them, at the registration and at every update of the client. */
export const decide: HostFunction = (request) => {
  const claims = CALLERS.get(request.headers.get('authorization') ?? '')
  if (claims === undefined) return { refused: 'credentials' }
  const scopes = claims.scope.split(' ')
  if (!scopes.includes('register')) return { refused: 'permission' }
  return {
    caller: { id: claims.id, owner: claims.id, claims },
    // Who has it chooses the client's id and secret; from others, the members have no effect.
    permissions: scopes.includes('secrets') ? ['oauth-client-override'] : [],
  }
}
