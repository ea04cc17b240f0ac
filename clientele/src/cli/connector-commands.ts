/** The commands for connectors: other servers that clients are mirrored into. */
import type { Command } from 'commander'
import { forOperators } from './for-operators.ts'

export function addConnectorCommands(program: Command): void {
  const command = program
    .command('connectors')
    .description('other authorization servers that clients are mirrored into')

  forOperators(command.command('sync'))
    .description('mirror every client anew, and remove there what is no longer registered here')
    .argument('<name>', 'as the configuration has it')
    .action(async (name, options) => {
      const { syncConnectorCommand } = await import('./commands/sync-connector.ts')
      await syncConnectorCommand(name, options)
    })
}
