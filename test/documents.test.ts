/** What the documents say is so: the files that they name exist, and the configuration that they show is accepted. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'smol-toml'
import { describe, expect, test } from 'vitest'
import { CREDENTIAL_PREFIXES } from '../clientele/src/clients/credential.ts'
import { checkPolicy } from '../clientele/src/policies/check-policy.ts'
import { compilePolicy } from '../clientele/src/policies/compile-policy.ts'
import { PRESETS } from '../clientele/src/policies/presets.ts'
import { parseConfig } from '../clientele/src/server/config.ts'
import { ConfigError, type ConfigProblem } from '../clientele/src/server/config-error.ts'
import { createPolicyContext } from '../clientele/src/server/load-policies.ts'
import { readPolicyFile } from '../clientele/src/server/policy-files.ts'

const ROOT = join(import.meta.dirname, '..')
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8')

describe('docs/threat-model.md', () => {
  const rows = read('docs/threat-model.md')
    .split('\n')
    .filter((line) => line.startsWith('| ') && !/^\| (who|---) \|/.test(line))

  test('names in every row who attacks what, and at least one file', () => {
    expect(rows.length).toBeGreaterThan(50)
    for (const row of rows) {
      expect(row.split(' | '), row).toHaveLength(3)
      expect(filesIn(row), row).not.toEqual([])
    }
  })

  test('names only files that exist', () => {
    const missing = filesIn(read('docs/threat-model.md')).filter(
      (file) => !existsSync(join(ROOT, placeOf(file))),
    )
    expect(missing).toEqual([])
  })
})

test('docs/operate/who-may-register.md has a row for every gate', () => {
  const text = read('docs/operate/who-may-register.md')
  const rows = ['open', 'open for public clients', 'initial access token', 'API key', 'bearer, our own']
  rows.push('bearer, another issuer', 'HTTP Basic', 'mutual TLS', 'software statement', 'host function')
  for (const gate of rows) expect(text).toContain(`| ${gate} |`)
})

test('SECURITY.md lists the prefix of every credential that we issue, and no other', () => {
  const listed = [...read('SECURITY.md').matchAll(/`(cl_[a-z]+)_`/g)].map(([, prefix]) => prefix)
  expect(listed.sort()).toEqual(Object.values(CREDENTIAL_PREFIXES).sort())
})

describe('docs/decisions/004-engine.md', () => {
  test('names only files that exist', () => {
    const missing = filesIn(read('docs/decisions/004-engine.md')).filter(
      (file) =>
        !existsSync(join(ROOT, placeOf(file))) &&
        !existsSync(join(ROOT, 'clientele/src/authorization', file)),
    )
    expect(missing).toEqual([])
  })
})

describe.each(readdirSync(join(ROOT, 'docs/operate')))('docs/operate/%s', (file) => {
  const snippets = [...read(`docs/operate/${file}`).matchAll(/```toml\n(.*?)```/gs)].map(([, toml]) => toml!)

  test('shows configuration that the server takes', () => {
    expect(snippets.length).toBeGreaterThan(0)
    for (const snippet of snippets) expect(faultsOf(snippet), snippet).toEqual([])
  })
})

describe('docs/policies.md', () => {
  const snippets = [...read('docs/policies.md').matchAll(/```toml\n(.*?)```/gs)].map(([, toml]) => toml!)
  const isFile = (snippet: string) => /^# policies\/[\w-]+\.toml\n/.test(snippet)
  const context = createPolicyContext(parseConfig({}))

  test.each(snippets.filter((snippet) => !isFile(snippet)))(
    'shows configuration that the server takes',
    (snippet) => {
      expect(() => parseConfig(parse(snippet))).not.toThrow()
    },
  )

  test.each(snippets.filter(isFile))('shows policies without a fault, not even a warning: %s', (snippet) => {
    const { definition } = readPolicyFile(snippet, /^# (\S+)/.exec(snippet)![1]!)
    expect(checkPolicy(definition, context)).toEqual([])
    expect(compilePolicy(definition, context).name).toMatch(/^[\w-]+$/)
  })

  test('has three worked examples, and names every preset', () => {
    expect(snippets.filter((snippet) => isFile(snippet) && snippet.includes('description ='))).toHaveLength(3)
    for (const name of PRESETS.keys()) expect(read('docs/policies.md')).toContain(`| \`${name}\` |`)
  })
})

/** What is wrong with keys and values. A part of a configuration may lack what it goes together with. */
function faultsOf(snippet: string): readonly ConfigProblem[] {
  try {
    parseConfig(parse(snippet))
    return []
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return error.problems.filter(({ found, wrong }) => found !== undefined || /not a known key/.test(wrong))
  }
}

function filesIn(text: string): readonly string[] {
  return [...text.matchAll(/`([\w./-]+\.(?:ts|md))`/g)].map(([, file]) => file!)
}

function placeOf(file: string): string {
  return /^(test|docs)\//.test(file) ? file : `clientele/src/${file}`
}
