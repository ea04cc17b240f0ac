/** The password of a new account: from standard input for programs, asked twice without echo for people. */
import { text } from 'node:stream/consumers'
import { askPassword } from './ask-password.ts'
import { CommandError } from './command-error.ts'

export async function readPassword(name: string, fromStandardInput: boolean | undefined): Promise<string> {
  // The whole input is the password, but for the one line end that `echo` and editors add.
  if (fromStandardInput) return (await text(process.stdin)).replace(/\r?\n$/, '')
  if (!process.stdin.isTTY) {
    throw new CommandError(
      'There is no terminal to ask for the password. Send it with: --password-stdin < FILE',
    )
  }
  const password = await askPassword(`Password for ${name}: `)
  if ((await askPassword('Once more: ')) === password) return password
  throw new CommandError('The two passwords differ. Nothing was changed.')
}
