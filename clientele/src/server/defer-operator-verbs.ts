import type { OperatorVerbs } from '../http/endpoints/admin-routes.ts'

/** All of them; one that is missing here does not compile. */
const VERBS: Readonly<Record<keyof OperatorVerbs, true>> = {
  createInitialAccessToken: true,
  listInitialAccessTokens: true,
  revokeInitialAccessToken: true,
  createApiKey: true,
  listApiKeys: true,
  revokeApiKey: true,
  createServiceAccount: true,
  listServiceAccounts: true,
  deleteServiceAccount: true,
  listClients: true,
  getClient: true,
  setClientPolicy: true,
  checkPolicies: true,
  tryPolicy: true,
  replayPolicy: true,
  syncConnector: true,
  createAccount: true,
  rotateSigningKeys: true,
}

/**
 * What the operator can do, loaded when it is done for the first time: a server starts many times between two of its
 * operator's commands, and a start waits for everything that it loads.
 */
export function deferOperatorVerbs(load: () => Promise<OperatorVerbs>): OperatorVerbs {
  let loading: Promise<OperatorVerbs> | undefined
  const defer =
    (name: keyof OperatorVerbs) =>
    async (...given: readonly unknown[]): Promise<unknown> => {
      loading ??= load()
      const verb = (await loading)[name] as (...given: readonly unknown[]) => Promise<unknown>
      return verb(...given)
    }
  const names = Object.keys(VERBS) as (keyof OperatorVerbs)[]
  return Object.fromEntries(names.map((name) => [name, defer(name)])) as unknown as OperatorVerbs
}
