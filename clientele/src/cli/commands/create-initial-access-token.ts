import { callOperatorApi, type OperatorOptions } from '../operator-api.ts'
import { printJson, printLines } from '../print.ts'
import { readObject } from '../read-object.ts'
import { renderExpiry } from '../render-time.ts'

export interface CreateInitialAccessTokenOptions extends OperatorOptions {
  readonly uses: number | 'unlimited'
  readonly expiresIn: number | 'never'
  readonly label?: string
  readonly owner?: string
  readonly policy?: string
  /** A JSON object, or `@FILE`. */
  readonly fixed?: string
  readonly permission?: readonly string[]
}

/** `clientele initial-access-token create` */
export async function createInitialAccessTokenCommand(
  options: CreateInitialAccessTokenOptions,
): Promise<void> {
  const { label, owner, policy, fixed, permission } = options
  const uses = options.uses === 'unlimited' ? null : options.uses
  const request = {
    uses,
    expires_in: options.expiresIn === 'never' ? null : options.expiresIn,
    ...(label === undefined ? {} : { label }),
    ...(owner === undefined ? {} : { owner }),
    ...(policy === undefined ? {} : { policy }),
    ...(fixed === undefined ? {} : { fixed: readObject('--fixed', fixed) }),
    ...(permission === undefined ? {} : { permissions: permission }),
  }
  const created = await callOperatorApi('/admin/v1/initial-access-tokens', request, options)
  if (options.json) return printJson(created)
  const registrations =
    uses === null ? 'any number of clients' : uses === 1 ? 'one client' : `${uses} clients`
  printLines(
    String(created.token),
    '',
    `This initial access token registers ${registrations} ${renderExpiry(created.expires_at)}.`,
    'It is shown this once; the server keeps only its hash.',
  )
}
