/** `clientele software-statement …`: for people who vouch for software in a small ecosystem of their own. Needs no server. */
import { readFileSync, writeFileSync } from 'node:fs'
import { OAuthError } from '../../oauth/errors.ts'
import { isObject, type JsonObject } from '../../oauth/json.ts'
import { systemClock } from '../../runtime/clock.ts'
import { fixedIssuerKeys } from '../../runtime/issuer-keys.ts'
import { claimedIssuer, readProvedClaims } from '../../runtime/verify-jwt.ts'
import { createStatementVerifier } from '../../statements/create-statement-verifier.ts'
import {
  generateIssuerKey,
  type IssuerKey,
  readIssuerKey,
  STATEMENT_ALGORITHMS,
  type StatementAlgorithm,
} from '../../statements/issuer-key.ts'
import { signStatement } from '../../statements/sign-statement.ts'
import { CommandError } from '../command-error.ts'
import { printJson, printLines } from '../print.ts'

export interface KeygenOptions {
  readonly algorithm: StatementAlgorithm
  readonly json?: boolean
}

/** `software-statement keygen <file>`: the private key into the file, the public JWK Set to standard output. */
export async function keygenCommand(file: string, { algorithm, json }: KeygenOptions): Promise<void> {
  const key = await generateIssuerKey(algorithm)
  try {
    // Never over a key that is there: every statement that it signed would lose its proof.
    writeFileSync(file, `${JSON.stringify(key.privateJwk)}\n`, { mode: 0o600, flag: 'wx' })
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    const why = code === 'EEXIST' ? 'exists already' : `cannot be written: ${code}`
    throw new CommandError(`${file} ${why}.`, { cause: error })
  }
  const jwks = { keys: [key.publicJwk] }
  if (json) return printJson({ key_file: file, kid: String(key.publicJwk.kid), jwks })
  printJson(jwks)
}

export interface SignOptions {
  readonly key: string
  readonly issuer: string
  readonly softwareId: string
  readonly softwareVersion?: string
  readonly clientName?: string
  readonly audience?: readonly string[]
  readonly redirectUri?: readonly string[]
  readonly redirectHost?: readonly string[]
  readonly scope?: string
  readonly expiresIn: number | 'never'
  readonly metadata?: string
  readonly json?: boolean
}

/** `software-statement sign`: the statement on standard output. */
export async function signCommand(options: SignOptions): Promise<void> {
  const key = readKeyFile(options.key)
  const { audience, redirectHost, redirectUri, expiresIn } = options
  const metadata: Record<string, JsonObject[string]> = {
    ...readMetadata(options.metadata),
    software_id: options.softwareId,
    ...(options.softwareVersion === undefined ? {} : { software_version: options.softwareVersion }),
    ...(options.clientName === undefined ? {} : { client_name: options.clientName }),
    ...(redirectUri === undefined ? {} : { redirect_uris: redirectUri }),
    ...(options.scope === undefined ? {} : { scope: options.scope }),
  }
  const statement = await signStatement(
    {
      issuer: options.issuer,
      metadata,
      ...(audience === undefined ? {} : { audiences: audience }),
      ...(redirectHost === undefined
        ? {}
        : { redirectHosts: redirectHost.map((host) => host.toLowerCase()) }),
      ...(expiresIn === 'never' ? {} : { expiresInSeconds: expiresIn }),
    },
    key,
    systemClock,
  ).catch((error: Error) => {
    throw new CommandError(`The statement cannot be made: ${error.message}.`, { cause: error })
  })
  if (options.json) return printJson({ software_statement: statement, claims: readProvedClaims(statement) })
  printLines(statement)
}

export interface VerifyOptions {
  readonly jwks: string
  readonly issuer?: string
  readonly audience?: string
  readonly json?: boolean
}

/** `software-statement verify <statement>`: what a server that trusts these keys would take from it. */
export async function verifyCommand(given: string, options: VerifyOptions): Promise<void> {
  const statement = (given === '-' ? readText(0, 'standard input') : given).trim()
  const issuer = options.issuer ?? claimedIssuer(statement)
  const verifier = createStatementVerifier({
    issuers: issuer === undefined ? [] : [trusted(issuer, options)],
    isRequired: false,
    longestStatement: 1_048_576,
    clock: systemClock,
  })
  const vouched = await verifier.verify(statement).catch((error: unknown) => {
    if (!(error instanceof OAuthError)) throw error
    const members = error.problems.map(({ member, message }) => `${member} ${message}`)
    throw new CommandError([error.message, ...members].join('\n'), { cause: error })
  })
  const claims = readProvedClaims(statement)
  if (options.json) {
    const bounds = vouched.bounds === undefined ? {} : { redirect_hosts: vouched.bounds.redirectHosts }
    return printJson({ issuer: vouched.issuer, metadata: vouched.metadata, ...bounds, claims })
  }
  printLines(`A valid software statement of ${vouched.issuer}.`, JSON.stringify(claims, undefined, 2))
}

function trusted(issuer: string, { jwks, audience }: VerifyOptions) {
  return {
    issuer,
    keys: readKeys(jwks),
    algorithms: [...STATEMENT_ALGORITHMS],
    ...(audience === undefined ? {} : { audiences: [audience] }),
    needsExpiry: false,
    clockSkewSeconds: 0,
    claims: {},
    requiredMembers: [],
    redirectUris: 'exact' as const,
    isSingleUse: false,
  }
}

function readKeys(file: string) {
  try {
    return fixedIssuerKeys(JSON.parse(readText(file, file)) as JsonObject)
  } catch (error) {
    if (error instanceof CommandError) throw error
    throw new CommandError(`${file} is not a JWK Set.`, { cause: error })
  }
}

function readKeyFile(file: string): IssuerKey {
  try {
    return readIssuerKey(readText(file, file))
  } catch (error) {
    if (error instanceof CommandError) throw error
    throw new CommandError(`${file} holds no key to sign with: ${(error as Error).message}.`)
  }
}

/** JSON in place, or `@` and the name of a file with it. */
function readMetadata(given: string | undefined): JsonObject {
  if (given === undefined) return {}
  const text = given.startsWith('@') ? readText(given.slice(1), given.slice(1)) : given
  try {
    const metadata: unknown = JSON.parse(text)
    if (isObject(metadata)) return metadata
  } catch {
    // Told below.
  }
  throw new CommandError('--metadata must be a JSON object, or @ and the name of a file that holds one.')
}

function readText(file: string | number, name: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code
    throw new CommandError(`${name} cannot be read: ${why}.`, { cause: error })
  }
}
