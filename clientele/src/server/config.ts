/**
 * The configuration: defaults, then the TOML file, then the environment, then flags; each later one wins. Anything
 * unknown or wrong stops the start, with every problem at once: a key that is silently ignored is a hole in the wall.
 */
import { readFileSync } from 'node:fs'
import type { z } from 'zod'
import { findNearest } from '../runtime/nearest.ts'
import { findGateFaults } from './check-gates.ts'
import { findStatementMemberFaults } from './check-statement-members.ts'
import { ConfigError, type ConfigProblem } from './config-error.ts'
import { CONFIG_KEYS, CONFIG_SECTIONS, type ConfigKey, ENVIRONMENT_PREFIX } from './config-keys.ts'
import { type Config, configSchema } from './config-schema.ts'
import { readEnvironment, readObject, readText, readToml, type Setting } from './config-sources.ts'
import { privilegedScopes } from './create-capabilities.ts'
import { createMetadataFields } from './create-metadata-fields.ts'
import { findConnectorFault } from './events-schema.ts'
import { findIssuerFault } from './issuer.ts'
import { findLimitStoreFault } from './limit-store-schema.ts'
import { loadPolicies } from './load-policies.ts'
import { findStorageUrlFault } from './storage-schema.ts'

/** Where a configuration is read from; later ones win. */
export interface ConfigSources {
  /** `--config`: must exist. Without it `clientele.toml` is read when it is there. */
  readonly file?: string
  readonly environment: Readonly<Record<string, string | undefined>>
  /** What the command line sets, by path: `{ 'server.port': '8080' }`. */
  readonly flags?: Readonly<Record<string, string | undefined>>
  /** Passes over the policies: for a command that only looks for the server, and may be there to mend them. */
  readonly ignorePolicies?: boolean
}

const STANDARD_FILE = 'clientele.toml'

/** Reads the configuration from all its sources, or throws a `ConfigError`. */
export function loadConfig(sources: ConfigSources): Config {
  const flags = Object.entries(sources.flags ?? {}).flatMap(([path, value]) =>
    value === undefined ? [] : [{ path, value, where: `--${path.split('.')[1]}`, isText: true }],
  )
  const settings = [...readFile(sources.file), ...readEnvironment(sources.environment), ...flags]
  return checkSettings(settings, sources.ignorePolicies)
}

/** The sections of a configuration, with their keys and the sections below them. */
export interface ConfigInput {
  readonly [name: string]: unknown
}

/** Checks configuration that a program hands in, with the sections and keys of the file. */
export function parseConfig(value: ConfigInput): Config {
  return checkSettings(readObject(value, 'configuration'))
}

function readFile(file: string | undefined): readonly Setting[] {
  const name = file ?? STANDARD_FILE
  let source: string
  try {
    source = readFileSync(name, 'utf8')
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (file === undefined && code === 'ENOENT') return []
    const wrong = code === 'ENOENT' ? 'does not exist' : `cannot be read: ${code}`
    throw new ConfigError([
      { path: name, where: file === undefined ? 'read when present' : '--config', wrong },
    ])
  }
  return readToml(source, name)
}

function checkSettings(settings: readonly Setting[], ignorePolicies = false): Config {
  const problems: ConfigProblem[] = []
  const keys = new Map(CONFIG_KEYS.map((key) => [key.path, key]))
  const values: ConfigValues = {}
  const places = new Map<string, Setting>()
  for (const setting of settings) {
    const key = keys.get(setting.path)
    if (!key) {
      problems.push(describeUnknown(setting))
      continue
    }
    const value = setting.isText ? readText(key, setting.value as string) : setting.value
    const parsed = key.schema.safeParse(value)
    if (!parsed.success) {
      const found = describeValue(setting.value)
      const wrong = describeFault(parsed.error.issues[0])
      problems.push({ path: key.path, where: setting.where, wrong, found, allowed: key.allowed })
      continue
    }
    setValue(values, key.path.split('.'), value)
    places.set(key.path, setting)
  }
  // Cross-key rules speak of values that hold; while single ones are wrong they would only add noise.
  if (problems.length > 0) throw new ConfigError(problems)
  const config = configSchema.parse(values)
  const conflicts = findConflicts(config, (path) => places.get(path)?.where ?? 'default')
  if (conflicts.length > 0) throw new ConfigError(conflicts)
  if (ignorePolicies) return config
  // Here, where the lines are known: `assemble.ts` has only the values.
  const members = places.get('registration.custom_members')
  const fields = createMetadataFields(
    config,
    (below) => members?.whereIs?.(below) ?? members?.where ?? 'default',
  )
  const issuers = places.get('software_statements.issuers')
  const strangers = findStatementMemberFaults(
    config,
    fields,
    (below) => issuers?.whereIs?.(below) ?? issuers?.where ?? 'default',
  )
  if (strangers.length > 0) throw new ConfigError(strangers)
  loadPolicies(config, ([name, ...below]) => {
    const place = places.get(`policies.${name}`)
    return place?.whereIs?.(below) ?? place?.where ?? 'default'
  })
  return config
}

type ConfigValues = Record<string, unknown>

function setValue(values: ConfigValues, [name = '', ...below]: readonly string[], value: unknown): void {
  if (below.length === 0) values[name] = value
  else {
    values[name] ??= {}
    setValue(values[name] as ConfigValues, below, value)
  }
}

function findConflicts(config: Config, where: (path: string) => string): readonly ConfigProblem[] {
  const problems: ConfigProblem[] = []
  for (const name of ['issuer', 'registration_url'] as const) {
    const address = config.server[name]
    const fault =
      address === undefined ? undefined : findIssuerFault(address, config.server.allow_insecure_issuer)
    if (fault === undefined) continue
    const path = `server.${name}`
    problems.push({ path, where: where(path), wrong: fault, found: describeValue(address) })
  }
  const { url } = config.storage
  const urlFault = url === undefined ? undefined : findStorageUrlFault(url)
  if (urlFault !== undefined) {
    const path = 'storage.url'
    problems.push({ path, where: where(path), wrong: urlFault })
  }
  const limitFault = findLimitStoreFault(config)
  if (limitFault !== undefined) {
    const path = 'limits.store'
    problems.push({ path, where: where(path), wrong: limitFault })
  }
  const beyond = config.scopes.default.filter((scope) => !config.scopes.supported.includes(scope))
  if (beyond.length > 0) {
    const path = 'scopes.default'
    const allowed = `some of scopes.supported, which are ${config.scopes.supported.join(', ')}`
    problems.push({
      path,
      where: where(path),
      wrong: 'has unsupported scopes',
      found: beyond.join(', '),
      allowed,
    })
  }
  const privileged = config.scopes.default.filter((scope) => privilegedScopes(config).includes(scope))
  if (privileged.length > 0) {
    const path = 'scopes.default'
    const wrong = 'has privileged scopes, which nobody gets unasked'
    problems.push({ path, where: where(path), wrong, found: privileged.join(', ') })
  }
  const { required, admits, issuers } = config.software_statements
  for (const [name, isOn] of Object.entries({ required, admits })) {
    if (!isOn || issuers.length > 0) continue
    const path = `software_statements.${name}`
    const wrong =
      'is true and no issuer of software statements is trusted, so that nobody could ever have one'
    problems.push({
      path,
      where: where(path),
      wrong,
      allowed: 'true beside a table [[software_statements.issuers]]',
    })
  }
  for (const { path, wrong } of findGateFaults(config)) problems.push({ path, wrong, where: where(path) })
  const connectorFault = findConnectorFault(config.connectors)
  if (connectorFault !== undefined) {
    const path = 'connectors.keycloak'
    problems.push({ path, wrong: connectorFault, where: where(path) })
  }
  return problems
}

function describeUnknown(setting: Setting): ConfigProblem {
  const section = CONFIG_SECTIONS.find(({ name }) => name === setting.path)
  if (section) {
    const found = describeValue(setting.value)
    return {
      path: section.name,
      where: setting.where,
      wrong: 'is wrong',
      found,
      allowed: `a section, [${section.name}]`,
    }
  }
  const nearest = findNearestKey(setting.path)
  const isVariable = setting.where.startsWith(ENVIRONMENT_PREFIX)
  return {
    path: setting.path,
    where: setting.where,
    wrong: 'is not a known key',
    allowed: describeNeighbours(setting.path),
    ...(nearest ? { nearest: isVariable ? `${nearest.path} (${nearest.environment})` : nearest.path } : {}),
  }
}

/** A key of that name in another section is nearer than any misspelling. */
function findNearestKey(path: string): ConfigKey | undefined {
  const name = path.split('.').at(-1)
  const paths = CONFIG_KEYS.map((key) => key.path)
  const nearest = findNearest(path, paths)
  return CONFIG_KEYS.find((key) => key.name === name) ?? CONFIG_KEYS.find((key) => key.path === nearest)
}

function describeNeighbours(path: string): string {
  const section = CONFIG_SECTIONS.findLast(({ name }) => path.startsWith(`${name}.`))
  if (section) return section.keys.map((key) => key.name).join(', ')
  return `one of the sections ${CONFIG_SECTIONS.map(({ name }) => name).join(', ')}`
}

/** Where in a list of tables the fault is, and what it is; a plain value is simply wrong. */
function describeFault(issue: z.core.$ZodIssue | undefined): string {
  if (!issue || issue.path.length === 0) {
    const says = issue?.code === 'custom' && issue.message !== 'Invalid input'
    return says ? `is wrong: ${issue.message}` : 'is wrong'
  }
  const place = issue.path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('')
  return `is wrong at ${place}: ${issue.message}`
}

function describeValue(value: unknown): string {
  const whole = typeof value === 'bigint' ? String(value) : (JSON.stringify(value) ?? String(value))
  // A secret that stands in a table beside the mistake is not the operator's terminal's to show.
  const text = whole.replaceAll(/(secret\W{1,6})[^"\\,}\s]+/g, '$1…')
  return text.length > 100 ? `${text.slice(0, 100)}…` : text
}
