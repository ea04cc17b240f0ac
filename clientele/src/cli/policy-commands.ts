/** The commands that rehearse policies against the running server: checked, tried, replayed. */
import type { Command } from 'commander'
import { PERMISSIONS } from '../clients/permission.ts'
import { forOperators } from './for-operators.ts'

const POLICY = ['--policy <name|file>', 'a policy of the server, or a file (with .toml or a slash)'] as const
const FILE = ['--file <file>', 'the file of a policy'] as const

export function addPolicyCommands(program: Command): void {
  const command = program
    .command('policy')
    .description('what may be registered; nothing here changes anything')

  forOperators(command.command('check'))
    .description('say everything that is wrong with policy files; exit code 1 when one cannot be used')
    .argument('<file...>')
    .action(async (files, options) => {
      const { policyCheckCommand } = await import('./commands/policy-check.ts')
      await policyCheckCommand(files, options)
    })

  forOperators(command.command('try'))
    .description('show what a registration request would get, and why, without storing anything')
    .requiredOption('--body <file>', 'the registration request, one JSON object')
    .option(...POLICY)
    .option(...FILE)
    .option('--as <gate:caller>', 'who would ask, such as api_key:ID (default: open)')
    .option('--owner <name>', 'whose the client would be')
    .option('--permission <name>', `one of ${PERMISSIONS.join(', ')}; may be repeated`, collect)
    .option('--claim <name=value>', "a claim of the caller's access token; may be repeated", collect)
    .option('--certificate-subject <name>', "the subject of the caller's certificate (RFC 4514)")
    .option('--address <ip>', 'where the request would come from')
    .option('--software-statement <file>', 'a software statement that vouches for it (RFC 7591 §2.3)')
    .action(async (options) => {
      const { policyTryCommand } = await import('./commands/policy-try.ts')
      await policyTryCommand(options)
    })

  forOperators(command.command('replay'))
    .description('judge all stored clients anew: who would be refused, who would change')
    .option(...POLICY)
    .option(...FILE)
    .option('--governed-only', 'only the clients that the policy of this name governs already')
    .action(async (options) => {
      const { policyReplayCommand } = await import('./commands/policy-replay.ts')
      await policyReplayCommand(options)
    })
}

/** Gathers an option that may be repeated. */
function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value]
}
