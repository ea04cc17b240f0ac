import type { Command } from 'commander'

/** The options of every command that speaks to the running server. */
export function forOperators(command: Command): Command {
  return command
    .option('--data <folder>', 'data folder of the running server (default: as configured, else ./data)')
    .option('--server <url>', 'another server; its operator token is in CLIENTELE_OPERATOR_TOKEN')
    .option('--client-cert <file>', 'certificate to show to a server that asks everybody for one')
    .option('--client-key <file>', 'its private key')
    .option('--json', 'one JSON object on standard output')
}
