/** Reads what an operator has set, each value with the place where it was set: the TOML file and the environment. */
import { parse, TomlError } from 'smol-toml'
import { ConfigError } from './config-error.ts'
import { CONFIG_KEYS, CONFIG_SECTIONS, type ConfigKey, ENVIRONMENT_PREFIX } from './config-keys.ts'
import { createLineFinder, type TomlPath } from './toml-lines.ts'

/** A value and where it was set. Later ones win over earlier ones. */
export interface Setting {
  readonly path: string
  readonly value: unknown
  readonly where: string
  /** Where something inside the value stands, in a list of tables. */
  readonly whereIs?: (path: TomlPath) => string
  /** From the environment or a flag: text, still to be read as the type of its key. */
  readonly isText: boolean
}

const SECTION_NAMES = new Set(CONFIG_SECTIONS.map((section) => section.name))

/** What a TOML file sets. `name` is how error lines call it. */
export function readToml(source: string, name: string): readonly Setting[] {
  const { document, whereIs } = parseToml(source, name)
  return readTable(document, [], whereIs)
}

/** A TOML document, and where in it a key stands. */
export interface TomlDocument {
  readonly document: Readonly<Record<string, unknown>>
  readonly whereIs: (path: TomlPath) => string
}

/** Parses TOML; throws a `ConfigError` with the line. `name` is how error lines call it. */
export function parseToml(source: string, name: string): TomlDocument {
  try {
    const document = parse(source)
    const lineOf = createLineFinder(source)
    return { document, whereIs: (path) => `${name}:${lineOf(path)}` }
  } catch (error) {
    if (!(error instanceof TomlError)) throw error
    const reason = error.message.split('\n')[0]!.replace(/^Invalid TOML document: /, '')
    throw new ConfigError([{ path: name, where: `${name}:${error.line}`, wrong: `is not TOML: ${reason}` }])
  }
}

/** What a program sets: an object with the sections and keys of the file. `name` is how error lines call it. */
export function readObject(value: Readonly<Record<string, unknown>>, name: string): readonly Setting[] {
  return readTable(value, [], () => name)
}

function readTable(
  table: Readonly<Record<string, unknown>>,
  above: readonly string[],
  where: (path: TomlPath) => string,
): readonly Setting[] {
  return Object.entries(table).flatMap(([name, value]) => {
    const path = [...above, name]
    const isKnown = SECTION_NAMES.has(path.join('.'))
    // An unknown section is taken apart too, to say what it holds; an empty one is a mistake as well.
    if (isTable(value) && (isKnown || (above.length === 0 && Object.keys(value).length > 0)))
      return readTable(value, path, where)
    const whereIs = (below: TomlPath) => where([...path, ...below])
    return [{ path: path.join('.'), value, where: where(path), whereIs, isText: false }]
  })
}

/** What belongs to the operator's command line, not to the server. */
const NOT_A_KEY = new Set(['CLIENTELE_OPERATOR_TOKEN'])

/** What the environment sets: `CLIENTELE_SECTION__KEY`. Names that are near a key come back as well, to be refused. */
export function readEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
): readonly Setting[] {
  const settings: Setting[] = []
  for (const [name, value] of Object.entries(environment)) {
    if (!name.startsWith(ENVIRONMENT_PREFIX) || value === undefined || NOT_A_KEY.has(name)) continue
    if (!isMeantForUs(name, value)) continue
    const path = name.slice(ENVIRONMENT_PREFIX.length).toLowerCase().replaceAll('__', '.')
    settings.push({ path, value, where: name, isText: true })
  }
  return settings
}

/**
 * Kubernetes puts `CLIENTELE_SERVICE_HOST`, `CLIENTELE_PORT=tcp://…` and the like into every pod beside a service of
 * that name. Only names in our form, or one underscore away from it, are mistakes of the operator.
 */
function isMeantForUs(name: string, value: string): boolean {
  if (name.includes('__')) return true
  if (/^(tcp|udp|sctp):\/\//.test(value)) return false
  return CONFIG_KEYS.some((key) => key.environment.replaceAll('_', '') === name.replaceAll('_', ''))
}

/** Reads text from the environment or a flag as the type of its key; leaves it as it is where it does not fit. */
export function readText(key: ConfigKey, text: string): unknown {
  if (typeof key.standard === 'boolean') return text === 'true' ? true : text === 'false' ? false : text
  if (typeof key.standard === 'number') return /^-?\d{1,15}$/.test(text) ? Number(text) : text
  if (Array.isArray(key.standard)) return readList(text)
  return text
}

/** A list of words, or of anything in JSON: `[{"issuer": "https://id.example.com"}]`. */
function readList(text: string): unknown {
  if (!text.trimStart().startsWith('[')) return text.split(/[\s,]+/).filter((item) => item !== '')
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function isTable(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date)
}
