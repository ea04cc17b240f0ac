import type { Admission } from '../../gates/gate.ts'
import { OAuthError } from '../../oauth/errors.ts'
import type { JsonObject } from '../../oauth/json.ts'
import type { Policy } from '../../policies/policy.ts'
import type { RegistrationDeps } from '../deps.ts'
import { chooseCredentials } from './choose-credentials.ts'
import { idTaken } from './create-client.ts'

/** Why an id or a secret that the caller chose would be refused; undefined where it would not, or where none was chosen. */
export async function findChoiceRefusal(
  body: JsonObject,
  admission: Admission,
  { credentials }: Pick<Policy, 'credentials'>,
  { store }: { readonly store: Pick<RegistrationDeps['store'], 'isClientIdTaken'> },
): Promise<OAuthError | undefined> {
  try {
    const { clientId } = chooseCredentials(body, admission, credentials)
    return clientId !== undefined && (await store.isClientIdTaken(clientId)) ? idTaken() : undefined
  } catch (error) {
    if (error instanceof OAuthError) return error
    throw error
  }
}
