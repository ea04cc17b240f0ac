import { callOperatorApi, type OperatorOptions } from '../operator-api.ts'
import { printJson, printLines } from '../print.ts'
import { printable } from '../printable.ts'

/** `clientele clients set-policy ID POLICY`: another policy governs the client from its next update on. */
export async function setClientPolicyCommand(
  id: string,
  policy: string,
  options: OperatorOptions,
): Promise<void> {
  const path = `/admin/v1/clients/${encodeURIComponent(id)}/policy`
  const client = await callOperatorApi(path, { policy }, options, 'PUT')
  if (options.json) return printJson(client)
  printLines(
    printable(`The client ${client.client_id} is governed by the policy ${client.policy} now.`),
    'What it is granted stays as it is; the policy judges its next update.',
  )
}
