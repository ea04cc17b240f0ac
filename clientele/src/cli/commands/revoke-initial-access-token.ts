import { callOperatorApi, type OperatorOptions } from '../operator-api.ts'
import { printJson, printLines } from '../print.ts'

/** `clientele initial-access-token revoke ID` */
export async function revokeInitialAccessTokenCommand(id: string, options: OperatorOptions): Promise<void> {
  const path = `/admin/v1/initial-access-tokens/${encodeURIComponent(id)}/revoke`
  const revoked = await callOperatorApi(path, {}, options)
  if (options.json) return printJson(revoked)
  printLines(`The initial access token ${id} registers nobody any more. Its clients stay.`)
}
