/** The commands about clients that are registered. */
import type { Command } from 'commander'
import { forOperators } from './for-operators.ts'

export function addClientCommands(program: Command): void {
  const command = program.command('clients').description('clients that are registered')

  forOperators(command.command('list'))
    .description('show them')
    .option('--term <member=value>', 'only those that have this value of a searchable member')
    .action(async (options) => {
      const { listClientsCommand } = await import('./commands/list-clients.ts')
      await listClientsCommand(options)
    })

  forOperators(command.command('explain'))
    .description('show what a client asked for, what it was granted, and which rule did it')
    .argument('<client_id>')
    .action(async (id, options) => {
      const { explainClientCommand } = await import('./commands/explain-client.ts')
      await explainClientCommand(id, options)
    })

  forOperators(command.command('set-policy'))
    .description('let another policy govern a client, from its next update on')
    .argument('<client_id>')
    .argument('<policy>', 'the name of a policy of the server')
    .action(async (id, policy, options) => {
      const { setClientPolicyCommand } = await import('./commands/set-client-policy.ts')
      await setClientPolicyCommand(id, policy, options)
    })
}
