/** The command line, all of it on one screen. A command's own file is loaded when it is used, so that help is instant. */
import { readFileSync } from 'node:fs'
import { Command, CommanderError, Option } from 'commander'
import { argument } from './argument.ts'
import { addClientCommands } from './client-commands.ts'
import { CommandError } from './command-error.ts'
import { addConnectorCommands } from './connector-commands.ts'
import { addCredentialCommands } from './credential-commands.ts'
import { forOperators } from './for-operators.ts'
import { parseExpiry } from './parse-expiry.ts'
import { addPolicyCommands } from './policy-commands.ts'

const USAGE_EXIT_CODE = 2

const program = new Command('clientele')
  .description('The front desk for OAuth clients: registers them and lets them in.')
  .version(readVersion())
  .exitOverride()
  .showSuggestionAfterError()

program
  .command('serve')
  .description('start the server')
  .option('--host <host>', 'address to listen on (default: 127.0.0.1)')
  .option('--port <number>', 'port to listen on (default: 7591)')
  .option('--issuer <url>', 'public address of this server (default: http://127.0.0.1:<port>)')
  .option(
    '--role <role>',
    'registration, authorization or both: the hosts that this server is (default: both)',
  )
  .option('--data <folder>', 'folder that holds everything (default: ./data)')
  .option('--config <file>', 'configuration file (default: clientele.toml, when present)')
  .action(async (options) => {
    const { serveCommand } = await import('./commands/serve.ts')
    process.exit(await serveCommand(options))
  })

program
  .command('migrate')
  .description('bring the schema of the PostgreSQL database that storage.url names up to date')
  .option('--config <file>', 'configuration file (default: clientele.toml, when present)')
  .option('--json', 'one JSON object on standard output')
  .action(async (options) => {
    const { migrateCommand } = await import('./commands/migrate.ts')
    await migrateCommand(options)
  })

addCredentialCommands(program)
addClientCommands(program)
addPolicyCommands(program)
addConnectorCommands(program)

const account = program.command('account').description('end-users who can sign in')

forOperators(account.command('add'))
  .description('make an account; asks for the password unless --password-stdin is given')
  .argument('<email>')
  .option('--password-stdin', 'read the password from standard input')
  .action(async (email, options) => {
    const { addAccountCommand } = await import('./commands/add-account.ts')
    await addAccountCommand(email, options)
  })

const softwareStatement = program
  .command('software-statement')
  .description('signed words of a third party that vouches for software (RFC 7591 §2.3); needs no server')

softwareStatement
  .command('keygen')
  .description(
    'make a key that signs statements: the private one into <file>, the public JWK Set to standard output',
  )
  .argument('<file>')
  .addOption(
    new Option('--algorithm <name>', 'what it signs with')
      .choices(['ES256', 'Ed25519', 'PS256', 'RS256'])
      .default('ES256'),
  )
  .option('--json', 'one JSON object on standard output')
  .action(async (file, options) => {
    const { keygenCommand } = await import('./commands/software-statement.ts')
    await keygenCommand(file, options)
  })

softwareStatement
  .command('sign')
  .description('make a statement about a piece of software')
  .requiredOption('--key <file>', 'the key that keygen made')
  .requiredOption('--issuer <name>', 'who vouches, as servers know it (usually an https address)')
  .requiredOption('--software-id <id>', 'the same for all installations and versions of the software')
  .option('--software-version <text>')
  .option('--client-name <text>')
  .option('--audience <issuer...>', 'the servers that it is for (default: all that trust the issuer)')
  .option('--redirect-uri <uri...>', 'redirect URIs of the client')
  .option('--redirect-host <host...>', 'hosts on which installations choose their own https redirect URIs')
  .option('--scope <scopes>', 'the scope of the client')
  .option(
    '--expires-in <duration>',
    'such as 24h, 365d, or "never"',
    argument(parseExpiry, 'It must be like 30s, 15m, 24h or 7d, or never.'),
    365 * 24 * 3600,
  )
  .option('--metadata <json>', 'more client metadata: a JSON object, or @file')
  .option('--json', 'one JSON object on standard output')
  .action(async (options) => {
    const { signCommand } = await import('./commands/software-statement.ts')
    await signCommand(options)
  })

softwareStatement
  .command('verify')
  .description('check a statement as a server would')
  .argument('<statement>', 'the statement, or - for standard input')
  .requiredOption('--jwks <file>', 'the public keys of the issuer')
  .option('--issuer <name>', 'the issuer that it must be of (default: the one it names)')
  .option('--audience <issuer>', 'the server that it must be for')
  .option('--json', 'one JSON object on standard output')
  .action(async (statement, options) => {
    const { verifyCommand } = await import('./commands/software-statement.ts')
    await verifyCommand(statement, options)
  })

const keys = program.command('keys').description('keys that the server signs with')

forOperators(keys.command('rotate'))
  .description('sign with new keys from now on; old ones stay published while what they signed is valid')
  .action(async (options) => {
    const { rotateKeysCommand } = await import('./commands/rotate-keys.ts')
    await rotateKeysCommand(options)
  })

function readVersion(): string {
  const file = new URL('../../package.json', import.meta.url)
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version
}

try {
  await program.parseAsync()
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : USAGE_EXIT_CODE
  else if (error instanceof CommandError || (error as Error).name === 'ConfigError') {
    process.stderr.write(`${(error as Error).message}\n`)
    process.exitCode = 1
  } else throw error
}
