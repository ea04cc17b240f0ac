import { callOperatorApi, type OperatorOptions } from '../operator-api.ts'
import { printJson, printLines } from '../print.ts'

/** `clientele service-account remove NAME` */
export async function removeServiceAccountCommand(name: string, options: OperatorOptions): Promise<void> {
  const path = `/admin/v1/service-accounts/${encodeURIComponent(name)}`
  const removed = await callOperatorApi(path, undefined, options, 'DELETE')
  if (options.json) return printJson(removed)
  printLines(
    `The service account ${name} is gone. Its clients stay, and no other account gets them by that name.`,
  )
}
