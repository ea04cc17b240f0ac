import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { METADATA_FIELDS } from '../oauth/metadata-fields.ts'
import { loadConfig, parseConfig } from './config.ts'
import { ConfigError } from './config-error.ts'
import { createMetadataFields } from './create-metadata-fields.ts'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'clientele-members-'))
})
afterEach(() => {
  rmSync(folder, { recursive: true })
})

function write(name: string, text: string): string {
  const file = join(folder, name)
  writeFileSync(file, text)
  return file
}

function problems(text: string) {
  const file = write('clientele.toml', text)
  try {
    loadConfig({ file, environment: {} })
  } catch (error) {
    if (error instanceof ConfigError) {
      return error.problems.map(({ path, where, wrong }) => `${path} ${where.replace(file, '')} ${wrong}`)
    }
    throw error
  }
  return []
}

it('without members of the operator’s, the field table is the standard’s', () => {
  expect(createMetadataFields(parseConfig({}))).toBe(METADATA_FIELDS)
})

it('members are read from tables, with a schema in place or in a file', () => {
  const schema = write('tier.json', '{"enum":["gold"]}')
  const file = write(
    'clientele.toml',
    `[[registration.custom_members]]
name = "tier"
schema_file = "${schema}"
searchable = true
summary = "What they pay for."
[[registration.custom_members]]
name = "team"
[registration.custom_members.schema]
type = "string"
maxLength = 3
`,
  )
  const fields = createMetadataFields(loadConfig({ file, environment: {} }))
  expect(fields.get('tier')).toMatchObject({ custom: true, searchable: true, summary: 'What they pay for.' })
  expect(fields.get('tier')!.check!('tin')).toMatchObject({ reason: 'schema' })
  expect(fields.get('tier')!.check!('gold')).toBeUndefined()
  expect(fields.get('team')!.check!('abcd')).toMatchObject({ reason: 'schema' })
  expect(fields.get('team')).not.toHaveProperty('searchable')
})

it('members come from the environment as JSON', () => {
  const CLIENTELE_REGISTRATION__CUSTOM_MEMBERS = '[{"name":"tier","schema":{"type":"string"}}]'
  const config = loadConfig({
    file: write('clientele.toml', ''),
    environment: { CLIENTELE_REGISTRATION__CUSTOM_MEMBERS },
  })
  expect(createMetadataFields(config).has('tier')).toBe(true)
})

it('issuers of software statements may speak of them, and of nothing that is no member', () => {
  const issuer = `[[software_statements.issuers]]
issuer = "https://vouches.example"
discovery = true
required_members = ["redirect_uris", "tier"]
[software_statements.issuers.claims]
org = "tier"
`
  const tier = '[[registration.custom_members]]\nname = "tier"\nschema = {}\n'
  expect(problems(issuer + tier)).toEqual([])
  expect(problems(issuer)).toEqual([
    'software_statements.issuers :6 is wrong at [0].claims.org: names no member of client metadata',
    'software_statements.issuers :4 is wrong at [0].required_members[1]: names no member of client metadata',
  ])
})

it('what is wrong with one stops the start, with its line', () => {
  const path = 'registration.custom_members'
  expect(problems(`[registration]\n[[${path}]]\nname = "client_id"\nschema = {}\n`)).toEqual([
    `${path}[0].name :3 is a member that this server alone sets`,
  ])
  expect(
    problems(`[[${path}]]\nname = "a"\nschema = {}\n[[${path}]]\nname = "b"\nschema = { type = "strnig" }\n`),
  ).toEqual([
    expect.stringMatching(/^registration\.custom_members\[1\]\.schema :6 is no schema that can be used: /),
  ])
  expect(problems(`[[${path}]]\nname = "a"\nschema_file = "${folder}/none.json"\n`)).toEqual([
    `${path}[0].schema_file :3 cannot be read: ENOENT`,
  ])
  expect(problems(`[[${path}]]\nname = "a"\n`)).toEqual([
    expect.stringContaining('needs exactly one of schema, schema_file'),
  ])
  expect(problems(`[[${path}]]\nname = "a"\nschema = {}\nsearchabel = true\n`)).toEqual([
    expect.stringContaining('searchabel'),
  ])
})
