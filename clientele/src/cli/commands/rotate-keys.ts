import { callOperatorApi, type OperatorOptions } from '../operator-api.ts'
import { printJson, printLines } from '../print.ts'

/** `clientele keys rotate` */
export async function rotateKeysCommand(options: OperatorOptions): Promise<void> {
  const rotated = await callOperatorApi('/admin/v1/signing-keys/rotate', {}, options)
  if (options.json) return printJson(rotated)
  const keys = rotated.keys as readonly { readonly alg: string; readonly kid: string }[]
  printLines('The server signs with new keys now:', ...keys.map(({ alg, kid }) => `  ${alg}  ${kid}`))
}
