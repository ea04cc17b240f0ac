import { callOperatorApi, type OperatorOptions } from '../operator-api.ts'
import { printJson, printLines } from '../print.ts'

export interface CreateInitialAccessTokenOptions extends OperatorOptions {
  readonly uses: number | 'unlimited'
  readonly expiresIn: number | 'never'
  readonly label?: string
}

/** `clientele initial-access-token create` */
export async function createInitialAccessTokenCommand(
  options: CreateInitialAccessTokenOptions,
): Promise<void> {
  const { label } = options
  const uses = options.uses === 'unlimited' ? null : options.uses
  const expiresIn = options.expiresIn === 'never' ? null : options.expiresIn
  const request = { uses, expires_in: expiresIn, ...(label === undefined ? {} : { label }) }
  const created = await callOperatorApi('/admin/v1/initial-access-tokens', request, options)
  if (options.json) return printJson(created)
  const registrations =
    uses === null ? 'any number of clients' : uses === 1 ? 'one client' : `${uses} clients`
  const expiry =
    typeof created.expires_at === 'number' ? `until ${renderTime(created.expires_at)}` : 'and never expires'
  printLines(
    String(created.token),
    '',
    `This initial access token registers ${registrations} ${expiry}.`,
    'It is shown this once; the server keeps only its hash.',
  )
}

function renderTime(epochSeconds: number): string {
  return `${new Date(epochSeconds * 1000).toISOString().slice(0, 16).replace('T', ' ')} UTC`
}
