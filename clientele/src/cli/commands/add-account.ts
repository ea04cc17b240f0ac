import { callOperatorApi, type OperatorOptions } from '../operator-api.ts'
import { printJson, printLines } from '../print.ts'
import { readPassword } from '../read-password.ts'

export interface AddAccountOptions extends OperatorOptions {
  readonly passwordStdin?: boolean
}

/** `clientele account add EMAIL` */
export async function addAccountCommand(email: string, options: AddAccountOptions): Promise<void> {
  const password = await readPassword(email, options.passwordStdin)
  const created = await callOperatorApi('/admin/v1/accounts', { email, password }, options)
  if (options.json) return printJson(created)
  printLines(`${created.email} can sign in now.`)
}
