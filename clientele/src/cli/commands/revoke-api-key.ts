import { callOperatorApi, type OperatorOptions } from '../operator-api.ts'
import { printJson, printLines } from '../print.ts'

/** `clientele api-key revoke ID` */
export async function revokeApiKeyCommand(id: string, options: OperatorOptions): Promise<void> {
  const revoked = await callOperatorApi(`/admin/v1/api-keys/${encodeURIComponent(id)}/revoke`, {}, options)
  if (options.json) return printJson(revoked)
  printLines(`The API key ${id} opens nothing any more. Its clients stay.`)
}
