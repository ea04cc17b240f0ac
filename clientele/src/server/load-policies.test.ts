import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { loadConfig, parseConfig } from './config.ts'
import { ConfigError } from './config-error.ts'
import { loadPolicies } from './load-policies.ts'

let folder: string
let before: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'clientele-policies-'))
  before = process.cwd()
  process.chdir(folder)
  mkdirSync('policies')
})

afterEach(() => {
  process.chdir(before)
  rmSync(folder, { recursive: true })
})

const write = (file: string, text: string) => writeFileSync(join(folder, file), text)
const load = () => loadPolicies(loadConfig({ environment: {} }))

function problems() {
  try {
    loadConfig({ environment: {} })
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
  return []
}

describe('policies are found', () => {
  it('nowhere: then the presets are there to be named, and the default is the default one', () => {
    const { policies, warnings } = load()
    expect(policies.default.name).toBe('default')
    expect(policies.find('machine')?.name).toBe('machine')
    expect(warnings).toEqual([])
  })

  it('in the configuration first, in their order, then in the folder, by name', () => {
    write('clientele.toml', '[[policies.policy]]\nname = "z"\n[[policies.policy]]\nname = "y"\n')
    write('policies/b.toml', '')
    write('policies/a.toml', 'name = "x"\n')
    write('policies/.hidden.toml', 'nonsense')
    write('policies/notes.txt', 'nonsense')
    expect(
      load()
        .policies.all.map(({ name }) => name)
        .slice(0, 4),
    ).toEqual(['z', 'y', 'x', 'b'])
  })

  it('in another folder, which must be there then', () => {
    write('clientele.toml', '[policies]\nfolder = "elsewhere"\n')
    expect(problems()).toMatchObject([{ path: 'policies.folder', wrong: 'does not exist' }])
    mkdirSync('elsewhere')
    write('elsewhere/own.toml', '')
    expect(load().policies.find('own')).toBeDefined()
  })

  it('in a program, with functions', () => {
    const makeClientId = () => 'own'
    const config = parseConfig({ policies: { policy: [{ name: 'own', makeClientId }] } })
    expect(loadPolicies(config).policies.find('own')?.credentials.makeClientId).toBe(makeClientId)
  })

  it('and one named like a preset replaces it, also as the default', () => {
    write('policies/default.toml', 'extends = "default"\n[redirect_uris]\nmax_count = 1\n')
    const { policies } = load()
    expect(policies.default.grantedRules).not.toEqual([])
    expect(policies.all.filter(({ name }) => name === 'default')).toHaveLength(1)
  })
})

describe('what is wrong with a policy stops the start', () => {
  it('with file and line, the key, what was found, what is allowed and the nearest key', () => {
    write(
      'policies/partner.toml',
      '# partners\nextends = "default"\n\n[redirect_uris]\nmax_count = "two"\nhots = ["a.example"]\n',
    )
    expect(problems()).toMatchObject([
      { path: 'redirect_uris.max_count', where: 'policies/partner.toml:5', found: '"two"' },
      {
        path: 'redirect_uris.hots',
        where: 'policies/partner.toml:6',
        wrong: 'is not a known key',
        allowed: expect.stringContaining('hosts'),
        nearest: 'hosts',
      },
    ])
  })

  it('in the configuration too, each in its own table', () => {
    write(
      'clientele.toml',
      [
        '[[policies.policy]]',
        'name = "one"',
        '[policies.policy.redirect_uris]',
        'max_count = 1',
        '[[policies.policy]]',
        'name = "two"',
        'extends = "on"',
        '[policies.policy.redirect_uris]',
        'max_count = -1',
      ].join('\n'),
    )
    expect(problems()).toMatchObject([
      { path: 'policies.policy[1].extends', where: 'clientele.toml:7', nearest: 'one' },
      { path: 'policies.policy[1].redirect_uris.max_count', where: 'clientele.toml:9' },
    ])
  })

  it('a policy without a name', () => {
    write('clientele.toml', '[[policies.policy]]\nexplain = "words"\n')
    expect(problems()).toMatchObject([{ path: 'policies.policy[0].name', where: 'clientele.toml:1' }])
  })

  it('two of one name, with both places', () => {
    write('policies/a.toml', 'name = "same"\n')
    write('policies/b.toml', '\nname = "same"\n')
    expect(problems()).toMatchObject([
      { path: 'name', where: 'policies/b.toml:2', wrong: expect.stringContaining('policies/a.toml:1') },
    ])
  })

  it('a circle of policies that extend each other', () => {
    write('policies/a.toml', 'extends = "b"\n')
    write('policies/b.toml', 'extends = "a"\n')
    expect(problems()[0]).toMatchObject({ path: 'extends', wrong: expect.stringContaining('circle') })
  })

  it('a default that does not exist', () => {
    write('clientele.toml', '[policies]\ndefault = "machin"\n')
    expect(problems()).toMatchObject([
      { path: 'policies.default', where: 'clientele.toml:2', nearest: 'machine' },
    ])
  })

  it('a file that is not TOML, with its line', () => {
    write('policies/a.toml', 'name = "a"\n[redirect_uris\n')
    expect(problems()).toMatchObject([
      { path: 'policies/a.toml', where: expect.stringMatching(/a\.toml:2$/) },
    ])
  })

  it('once, where others extend it', () => {
    write('policies/a.toml', '[redirect_uris]\nmax_count = -1\n')
    write('policies/b.toml', 'extends = "a"\n')
    expect(problems()).toHaveLength(1)
  })
})

describe('what has no effect', () => {
  it('is a warning: a policy whose requests all go to one before it', () => {
    write('policies/a.toml', '[when]\n')
    write('policies/b.toml', '[when]\ngates = ["open"]\n')
    expect(load().warnings).toMatchObject([{ path: 'when', where: 'policies/b.toml:1' }])
  })
})
