import { text } from 'node:stream/consumers'
import { askPassword } from '../ask-password.ts'
import { CommandError } from '../command-error.ts'
import { callOperatorApi, type OperatorOptions } from '../operator-api.ts'
import { printJson, printLines } from '../print.ts'

export interface AddAccountOptions extends OperatorOptions {
  readonly passwordStdin?: boolean
}

/** `clientele account add EMAIL` */
export async function addAccountCommand(email: string, options: AddAccountOptions): Promise<void> {
  const password = options.passwordStdin ? await readPassword() : await askTwice(email)
  const created = await callOperatorApi('/admin/v1/accounts', { email, password }, options)
  if (options.json) return printJson(created)
  printLines(`${created.email} can sign in now.`)
}

/** The whole input is the password, but for the one line end that `echo` and editors add. */
async function readPassword(): Promise<string> {
  return (await text(process.stdin)).replace(/\r?\n$/, '')
}

async function askTwice(email: string): Promise<string> {
  if (!process.stdin.isTTY) {
    throw new CommandError(
      'There is no terminal to ask for the password. Send it with: --password-stdin < FILE',
    )
  }
  const password = await askPassword(`Password for ${email}: `)
  if ((await askPassword('Once more: ')) === password) return password
  throw new CommandError('The two passwords differ. Nothing was changed.')
}
