import { callOperatorApi, type OperatorOptions } from '../operator-api.ts'
import { printJson, printLines } from '../print.ts'
import { renderExpiry } from '../render-time.ts'

export interface CreateApiKeyOptions extends OperatorOptions {
  readonly permission: readonly string[]
  readonly expiresIn: number | 'never'
  readonly label?: string
  readonly owner?: string
  readonly policy?: string
}

/** `clientele api-key create` */
export async function createApiKeyCommand(options: CreateApiKeyOptions): Promise<void> {
  const { permission, label, owner, policy } = options
  const request = {
    permissions: permission,
    expires_in: options.expiresIn === 'never' ? null : options.expiresIn,
    ...(label === undefined ? {} : { label }),
    ...(owner === undefined ? {} : { owner }),
    ...(policy === undefined ? {} : { policy }),
  }
  const created = await callOperatorApi('/admin/v1/api-keys', request, options)
  if (options.json) return printJson(created)
  const permissions = (created.permissions as readonly string[]).join(', ') || 'nothing'
  printLines(
    String(created.key),
    '',
    `This API key is permitted ${permissions}, ${renderExpiry(created.expires_at)}.`,
    'It is shown this once; the server keeps only its hash.',
  )
}
