import { callOperatorApi, type OperatorOptions } from '../operator-api.ts'
import { printJson, printLines } from '../print.ts'
import { readPassword } from '../read-password.ts'

export interface AddServiceAccountOptions extends OperatorOptions {
  readonly permission: readonly string[]
  readonly label?: string
  readonly owner?: string
  readonly passwordStdin?: boolean
}

/** `clientele service-account add NAME` */
export async function addServiceAccountCommand(
  name: string,
  options: AddServiceAccountOptions,
): Promise<void> {
  const { permission, label, owner } = options
  const request = {
    name,
    password: await readPassword(name, options.passwordStdin),
    permissions: permission,
    ...(label === undefined ? {} : { label }),
    ...(owner === undefined ? {} : { owner }),
  }
  const created = await callOperatorApi('/admin/v1/service-accounts', request, options)
  if (options.json) return printJson(created)
  printLines(
    `The service account ${created.name} is permitted ${(created.permissions as readonly string[]).join(', ') || 'nothing'}.`,
    'It shows its name and password by HTTP Basic, where [basic] enabled = true.',
  )
}
