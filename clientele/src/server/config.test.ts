import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type ConfigSources, loadConfig, parseConfig } from './config.ts'
import { ConfigError } from './config-error.ts'
import { CONFIG_KEYS } from './config-keys.ts'

let folder: string
let before: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'clientele-config-'))
  before = process.cwd()
  process.chdir(folder)
})

afterEach(() => {
  process.chdir(before)
  rmSync(folder, { recursive: true })
})

function writeToml(text: string, name = 'clientele.toml'): void {
  writeFileSync(join(folder, name), text)
}

function problemsOf(sources: Partial<ConfigSources>) {
  try {
    loadConfig({ environment: {}, ...sources })
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
  return []
}

describe('where a value comes from', () => {
  it('without any source every key has its default', () => {
    const config = loadConfig({ environment: {} })
    expect(config.server).toMatchObject({ host: '127.0.0.1', port: 7591, data: './data' })
    expect(config.registration.anonymous).toBe(false)
    expect(config.limits).toMatchObject({ enabled: true, body_bytes: 65_536 })
    expect(config.tokens.refresh_grace_seconds).toBe(10)
  })

  it('clientele.toml is read when present', () => {
    writeToml('[registration]\nanonymous = true\n')
    expect(loadConfig({ environment: {} }).registration.anonymous).toBe(true)
  })

  it('the environment wins over the file, a flag wins over both', () => {
    writeToml('[server]\nport = 1\nhost = "127.0.0.2"\ndata = "a"\n')
    const environment = { CLIENTELE_SERVER__PORT: '2', CLIENTELE_SERVER__HOST: '127.0.0.3' }
    const flags = { 'server.port': '3', 'server.issuer': undefined }
    expect(loadConfig({ environment, flags }).server).toMatchObject({ port: 3, host: '127.0.0.3', data: 'a' })
  })

  it('a file named with --config is read instead of clientele.toml, and must exist', () => {
    writeToml('[server]\nport = 1\n')
    writeToml('[server]\nport = 2\n', 'other.toml')
    expect(loadConfig({ file: 'other.toml', environment: {} }).server.port).toBe(2)
    expect(problemsOf({ file: 'none.toml' })).toMatchObject([{ path: 'none.toml', wrong: 'does not exist' }])
  })

  it('text from the environment is read as the type of its key', () => {
    const environment = {
      CLIENTELE_REGISTRATION__ANONYMOUS: 'true',
      CLIENTELE_LIMITS__BODY_BYTES: '2048',
      CLIENTELE_SCOPES__SUPPORTED: 'openid, a b',
      CLIENTELE_SCOPES__DEFAULT: 'a',
      CLIENTELE_LOG__LEVEL: 'warn',
    }
    const config = loadConfig({ environment })
    expect(config.registration.anonymous).toBe(true)
    expect(config.limits.body_bytes).toBe(2048)
    expect(config.scopes).toMatchObject({ supported: ['openid', 'a', 'b'], default: ['a'] })
    expect(config.log.level).toBe('warn')
  })

  it('a list of tables is JSON in the environment', () => {
    const issuer = { issuer: 'https://vouch.example', jwks_url: 'https://vouch.example/jwks' }
    const environment = { CLIENTELE_SOFTWARE_STATEMENTS__ISSUERS: JSON.stringify([issuer]) }
    expect(loadConfig({ environment }).software_statements.issuers).toMatchObject([issuer])
    const [broken] = problemsOf({ environment: { CLIENTELE_SOFTWARE_STATEMENTS__ISSUERS: '[{"issuer":' } })
    expect(broken?.path).toBe('software_statements.issuers')
  })

  it('every key can be set by the environment', () => {
    // A certificate goes with its key.
    const companions: Readonly<Record<string, string>> = {
      'server.tls.certificate_file': 'CLIENTELE_SERVER__TLS__KEY_FILE',
      'server.tls.key_file': 'CLIENTELE_SERVER__TLS__CERTIFICATE_FILE',
    }
    for (const key of CONFIG_KEYS) {
      const companion = companions[key.path]
      const environment = {
        [key.environment]: '\u0000',
        ...(companion === undefined ? {} : { [companion]: 'x' }),
      }
      const found = problemsOf({ environment })
      // A NUL is wrong or at least arrives: no key ignores its variable.
      if (found.length === 0) expect(JSON.stringify(loadConfig({ environment }))).toContain('\\u0000')
      else expect(found[0]?.path).toBe(key.path)
    }
  })
})

describe('an unknown key stops the start', () => {
  it('with its path, its line, what is allowed and the nearest known key', () => {
    writeToml('# first\n[registration]\n\nanonymos = true\n')
    expect(problemsOf({})).toEqual([
      {
        path: 'registration.anonymos',
        where: 'clientele.toml:4',
        wrong: 'is not a known key',
        allowed: CONFIG_KEYS.filter(({ section }) => section === 'registration')
          .map(({ name }) => name)
          .join(', '),
        nearest: 'registration.anonymous',
      },
    ])
  })

  it('also when it stands in the wrong section', () => {
    writeToml('[server]\nanonymous = true\n')
    expect(problemsOf({})).toMatchObject([{ path: 'server.anonymous', nearest: 'registration.anonymous' }])
  })

  it('also outside every section, in an unknown one, and when the unknown section is empty', () => {
    writeToml('port = 1\n[regstration]\nanonymous = true\n[limit]\n')
    expect(problemsOf({})).toMatchObject([
      { path: 'port', where: 'clientele.toml:1', nearest: 'server.port' },
      { path: 'regstration.anonymous', where: 'clientele.toml:3', nearest: 'registration.anonymous' },
      { path: 'limit', where: 'clientele.toml:4' },
    ])
  })

  it('also in the environment, also with one underscore missing', () => {
    const environment = { CLIENTELE_REGISTRATION__ANONYMOS: 'true', CLIENTELE_SERVER_PORT: '1' }
    expect(problemsOf({ environment })).toMatchObject([
      {
        path: 'registration.anonymos',
        where: 'CLIENTELE_REGISTRATION__ANONYMOS',
        nearest: 'registration.anonymous (CLIENTELE_REGISTRATION__ANONYMOUS)',
      },
      {
        path: 'server_port',
        where: 'CLIENTELE_SERVER_PORT',
        nearest: 'server.port (CLIENTELE_SERVER__PORT)',
      },
    ])
  })

  it('without showing its value, which may be a secret', () => {
    writeToml('[server]\npasword = "hunter2"\n')
    expect(() => loadConfig({ environment: {} })).toThrow(expect.not.objectContaining({ message: /hunter2/ }))
    expect(() => loadConfig({ environment: {} })).toThrow(/server\.pasword/)
  })

  it('but what Kubernetes puts beside a service, and the operator token, are not keys', () => {
    const environment = {
      CLIENTELE_SERVICE_HOST: '10.0.0.1',
      CLIENTELE_PORT: 'tcp://10.0.0.1:7591',
      CLIENTELE_PORT_7591_TCP_ADDR: '10.0.0.1',
      CLIENTELE_SERVER_PORT: 'tcp://10.0.0.1:7591',
      CLIENTELE_OPERATOR_TOKEN: 'cl_op_x',
    }
    expect(problemsOf({ environment })).toEqual([])
  })
})

describe('a wrong value stops the start', () => {
  it('with what was found and what is allowed, all problems at once', () => {
    writeToml('[server]\nport = "80"\nhost = "a b"\n[registration]\nanonymous = 1\n')
    expect(problemsOf({ flags: { 'server.port': '65536' } })).toMatchObject([
      {
        path: 'server.port',
        where: 'clientele.toml:2',
        found: '"80"',
        allowed: expect.stringContaining('65535'),
      },
      { path: 'server.host', where: 'clientele.toml:3', found: '"a b"' },
      { path: 'registration.anonymous', where: 'clientele.toml:5', found: '1', allowed: 'true or false' },
      { path: 'server.port', where: '--port', found: '"65536"' },
    ])
  })

  it('a boolean in the environment is true or false and nothing else', () => {
    for (const text of ['1', 'yes', 'TRUE', '']) {
      expect(problemsOf({ environment: { CLIENTELE_REGISTRATION__ANONYMOUS: text } })).toMatchObject([
        { path: 'registration.anonymous', where: 'CLIENTELE_REGISTRATION__ANONYMOUS' },
      ])
    }
  })

  it('a section must be a section', () => {
    writeToml('limits = false\n')
    expect(problemsOf({})).toMatchObject([
      { path: 'limits', where: 'clientele.toml:1', allowed: 'a section, [limits]' },
    ])
  })

  it('a file that is not TOML is named with its line', () => {
    writeToml('[server]\nport = = 1\n')
    expect(problemsOf({})).toMatchObject([{ path: 'clientele.toml', where: 'clientele.toml:2' }])
  })

  it('a default scope that is not supported is named', () => {
    writeToml('[scopes]\nsupported = ["openid"]\ndefault = ["openid", "extra"]\n')
    expect(problemsOf({})).toMatchObject([
      { path: 'scopes.default', where: 'clientele.toml:3', found: 'extra' },
    ])
  })

  it('a wrong issuer is named with its rule (RFC 8414 §2)', () => {
    const environment = { CLIENTELE_SERVER__ISSUER: 'http://id.example.com' }
    expect(problemsOf({ environment })).toMatchObject([
      { path: 'server.issuer', wrong: expect.stringContaining('RFC 8414 §2') },
    ])
    expect(
      problemsOf({ environment: { ...environment, CLIENTELE_SERVER__ALLOW_INSECURE_ISSUER: 'true' } }),
    ).toEqual([])
  })
})

it('a program hands in sections and keys like the file, under the same rules', () => {
  expect(parseConfig({ server: { port: 0 } }).server.port).toBe(0)
  expect(() => parseConfig({ server: { prt: 0 } })).toThrow(/server\.prt .*nearest known key is server\.port/)
})
