import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadConfig } from './config.ts'

const EXAMPLE = `
[bearer]
enabled = true
read_scope = ""

[[bearer.issuers]]
issuer = "https://login.example"
discovery = true
audience = ["https://as.example"]
required_claims = [
  { claim = "tenant", equals = "acme" },
  { claim = "groups", contains = "developers" },
]

[[bearer.issuers]]
issuer = "https://corp.example"
jwks_url = "https://corp.example/jwks"
audience = ["https://as.example"]
algorithms = ["RS256"]
permissions = ["oauth-client-get"]

[software_statements]
admits = true

[[software_statements.issuers]]
issuer = "directory"
jwks_file = "directory.jwks.json"
claims = { software_redirect_uris = "redirect_uris" }
redirect_uris = "subset"

[[software_statements.issuers]]
issuer = "https://eco.example"
single_use = true
max_age_seconds = 300
[software_statements.issuers.jwks]
keys = [{ kty = "OKP", crv = "Ed25519", x = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo", kid = "1" }]
`

function load(toml: string) {
  const folder = mkdtempSync(join(tmpdir(), 'clientele-config-'))
  try {
    const file = join(folder, 'clientele.toml')
    writeFileSync(file, toml)
    return loadConfig({ environment: {}, file })
  } finally {
    rmSync(folder, { recursive: true })
  }
}

describe('trusted issuers in the configuration file', () => {
  it('are tables with defaults for what is left out', () => {
    const { bearer, software_statements: statements } = load(EXAMPLE)
    expect(bearer).toMatchObject({ enabled: true, register_scope: 'register', read_scope: '' })
    expect(bearer.issuers).toMatchObject([
      { issuer: 'https://login.example', types: ['at+jwt'], clock_skew_seconds: 60, permissions: [] },
      { issuer: 'https://corp.example', algorithms: ['RS256'], required_claims: [] },
    ])
    expect(statements.issuers).toMatchObject([
      { issuer: 'directory', redirect_uris: 'subset', claims: { software_redirect_uris: 'redirect_uris' } },
      { issuer: 'https://eco.example', single_use: true, jwks: { keys: [{ kty: 'OKP' }] } },
    ])
  })

  it('may ask for no scope where they test a claim', () => {
    const { bearer } = load(EXAMPLE.replace('required_claims', 'register_scope = ""\nrequired_claims'))
    expect(bearer.issuers[0]).toMatchObject({ register_scope: '' })
  })

  it.each([
    ['audience = ["https://as.example"]\nrequired', 'required', /issuers .*is wrong at \[0\]\.audience/],
    ['discovery = true', 'discovery = false', /is wrong at \[0\]\.discovery/],
    ['discovery = true', '', /is wrong at \[0\]: needs exactly one of/],
    [
      'issuer = "https://login.example"',
      'issuer = "login"',
      /is wrong at \[0\]\.issuer: .*nothing can be discovered/,
    ],
    ['issuer = "https://corp.example"', 'issuer = "https://corp.example#x"', /is wrong at \[1\]\.issuer/],
    ['"https://corp.example/jwks"', '"file:///etc/jwks"', /is wrong at \[1\]\.jwks_url/],
    ['["RS256"]', '["none"]', /is wrong at \[1\]\.algorithms\[0\]/],
    ['["RS256"]', '["HS256"]', /is wrong at \[1\]\.algorithms\[0\]/],
    ['"oauth-client-get"', '"everything"', /is wrong at \[1\]\.permissions\[0\]/],
    ['equals = "acme"', 'is = "acme"', /is wrong at \[0\]\.required_claims\[0\]/],
    ['= "redirect_uris" }', '= "redirects" }', /is wrong at \[0\]\.claims\.software_redirect_uris/],
    ['max_age_seconds = 300\n', '', /is wrong at \[1\]\.single_use: needs expiry_required/],
    ['kid = "1"', 'd = "AAAA"', /is wrong at \[1\]\.jwks: must be a public key/],
    ['issuer = "https://corp.example"', 'issuer = "https://login.example"', /bearer\.issuers .*is wrong/],
    [
      'algorithms = ["RS256"]',
      'algorithms = ["RS256"]\nregister_scope = ""',
      /is wrong at \[1\]\.register_scope: .*every user of this issuer/,
    ],
    ['enabled = true', 'enabled = true\nregister_scope = ""', /bearer\.register_scope .*is wrong/],
    ['read_scope = ""', 'read_scope = "a b"', /bearer\.read_scope .*is wrong/],
  ])('%j as %j stops the start with the place and the rule', (old, changed, problem) => {
    expect(EXAMPLE).toContain(old)
    expect(() => load(EXAMPLE.replace(old, changed))).toThrow(problem)
  })
})
