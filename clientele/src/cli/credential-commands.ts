/** The commands for credentials that the server keeps: initial access tokens, API keys, service accounts. */
import type { Command } from 'commander'
import { PERMISSIONS } from '../clients/permission.ts'
import { argument } from './argument.ts'
import { forOperators } from './for-operators.ts'
import { parseExpiry } from './parse-expiry.ts'
import { parseUses } from './parse-uses.ts'

const DAY = 24 * 3600
const parseExpiryArgument = argument(parseExpiry, 'It must be like 30s, 15m, 24h or 7d, or never.')
const EXPIRY = ['--expires-in <duration>', 'such as 30s, 15m, 24h, 7d, or "never"'] as const
const OWNER = ['--owner <name>', 'whose the clients are: who may manage them through another gate'] as const
const POLICY = [
  '--policy <name>',
  'the policy that governs its clients, whatever their requests are',
] as const
const PERMISSION = ['--permission <name>', `one of ${PERMISSIONS.join(', ')}; may be repeated`] as const
const REGISTERING = ['authenticate', 'oauth-client-registration']
const DEFAULT = `${REGISTERING.join(', ')}: registers clients, and reads, updates and deletes those of its owner alone`

export function addCredentialCommands(program: Command): void {
  addInitialAccessTokens(program)
  addApiKeys(program)
  addServiceAccounts(program)
}

function addInitialAccessTokens(program: Command): void {
  const command = program
    .command('initial-access-token')
    .description('tokens that let their holder register clients (RFC 7591)')

  forOperators(command.command('create'))
    .description('make an initial access token')
    .option(
      '--uses <number>',
      'clients it can register, or "unlimited"',
      argument(parseUses, 'It must be a whole number from 1, or unlimited.'),
      1,
    )
    .option(...EXPIRY, parseExpiryArgument, DAY)
    .option('--label <text>', 'what it is for')
    .option(...OWNER)
    .option(...POLICY)
    .option('--fixed <json>', 'client metadata that its clients get whatever they ask for; or @FILE')
    .option('--permission <name>', 'beyond registering: oauth-client-override; may be repeated', collect)
    .action(async (options) => {
      const { createInitialAccessTokenCommand } = await import('./commands/create-initial-access-token.ts')
      await createInitialAccessTokenCommand(options)
    })

  forOperators(command.command('list'))
    .description('show them, the newest first')
    .action(async (options) => {
      const { listInitialAccessTokensCommand } = await import('./commands/list-initial-access-tokens.ts')
      await listInitialAccessTokensCommand(options)
    })

  forOperators(command.command('revoke'))
    .description('end one now; the clients that it registered stay')
    .argument('<id>', 'as the list shows it')
    .action(async (id, options) => {
      const { revokeInitialAccessTokenCommand } = await import('./commands/revoke-initial-access-token.ts')
      await revokeInitialAccessTokenCommand(id, options)
    })
}

function addApiKeys(program: Command): void {
  const command = program.command('api-key').description('keys with permissions, for programs')

  forOperators(command.command('create'))
    .description(`make an API key (default permissions: ${DEFAULT})`)
    .option(...PERMISSION, collect)
    .option(...EXPIRY, parseExpiryArgument, 90 * DAY)
    .option('--label <text>', 'what it is for')
    .option(...OWNER)
    .option(...POLICY)
    .action(async (options) => {
      const { createApiKeyCommand } = await import('./commands/create-api-key.ts')
      await createApiKeyCommand({ permission: REGISTERING, ...options })
    })

  forOperators(command.command('list'))
    .description('show them, the newest first')
    .action(async (options) => {
      const { listApiKeysCommand } = await import('./commands/list-api-keys.ts')
      await listApiKeysCommand(options)
    })

  forOperators(command.command('revoke'))
    .description('end one now; the clients that it registered stay')
    .argument('<id>', 'as the list shows it')
    .action(async (id, options) => {
      const { revokeApiKeyCommand } = await import('./commands/revoke-api-key.ts')
      await revokeApiKeyCommand(id, options)
    })
}

function addServiceAccounts(program: Command): void {
  const command = program.command('service-account').description('names with passwords, for HTTP Basic')

  forOperators(command.command('add'))
    .description(`make one (default permissions: ${DEFAULT})`)
    .argument('<name>')
    .option('--password-stdin', 'read the password from standard input')
    .option(...PERMISSION, collect)
    .option('--label <text>', 'what it is for')
    .option(...OWNER)
    .action(async (name, options) => {
      const { addServiceAccountCommand } = await import('./commands/add-service-account.ts')
      await addServiceAccountCommand(name, { permission: REGISTERING, ...options })
    })

  forOperators(command.command('list'))
    .description('show them, the oldest first')
    .action(async (options) => {
      const { listServiceAccountsCommand } = await import('./commands/list-service-accounts.ts')
      await listServiceAccountsCommand(options)
    })

  forOperators(command.command('remove'))
    .description('delete one; the clients that it registered stay')
    .argument('<name>')
    .action(async (name, options) => {
      const { removeServiceAccountCommand } = await import('./commands/remove-service-account.ts')
      await removeServiceAccountCommand(name, options)
    })
}

/** Gathers an option that may be repeated. */
function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value]
}
