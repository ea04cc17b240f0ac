import { describe, expect, it } from 'vitest'
import { faultsOf, judgeSection } from '../../../../test/harness/judge-section.ts'
import { uris } from './uris.ts'

const PAGE = 'https://www.example.com/about'
const APP = 'https://app.example.com/cb'

type Row = readonly [
  rule: string,
  terms: Record<string, unknown>,
  metadata: Record<string, string | string[]>,
  problems: readonly string[],
]

const ROWS: readonly Row[] = [
  ['takes https', { https: true }, { client_uri: PAGE }, []],
  ['refuses http', { https: true }, { client_uri: 'http://example.com/' }, ['client_uri.not_https']],
  ['takes https in capitals', { https: true }, { client_uri: 'HTTPS://example.com/' }, []],
  [
    'judges localized variants too',
    { https: true },
    { client_uri: PAGE, 'client_uri#de': 'http://example.com/' },
    ['client_uri#de.not_https'],
  ],
  ['takes what matches as a whole', { pattern: 'https://[a-z.]+/about' }, { client_uri: PAGE }, []],
  [
    'refuses what only begins so',
    { pattern: 'https://[a-z.]+/abo' },
    { client_uri: PAGE },
    ['client_uri.pattern'],
  ],
  ['takes a listed host', { hosts: ['*.example.com'] }, { client_uri: PAGE }, []],
  [
    'compares hosts without case',
    { hosts: ['*.example.com'] },
    { client_uri: 'https://WWW.Example.COM/' },
    [],
  ],
  [
    'refuses another host',
    { hosts: ['*.example.com'] },
    { client_uri: 'https://www.example.com.evil.example/' },
    ['client_uri.host'],
  ],
  [
    'does not mistake a fragment for a host',
    { hosts: ['example.com'] },
    { client_uri: 'https://example.com#@evil.example/' },
    [],
  ],
  [
    'does not mistake a query for a host',
    { hosts: ['example.com'] },
    { client_uri: 'https://evil.example?@example.com/' },
    ['client_uri.host'],
  ],
  ['demands one', { required: true }, {}, ['client_uri.required']],
  ['demands one without a language', { required: true }, { 'client_uri#de': PAGE }, ['client_uri.required']],
  ['demands nothing else', { https: true, pattern: 'x', same_host: true }, {}, []],
  [
    'takes the host of a redirect URI',
    { same_host: true },
    { client_uri: 'https://app.example.com/', redirect_uris: ['https://b.example/', APP] },
    [],
  ],
  [
    'takes no sister of that host',
    { same_host: true },
    { client_uri: PAGE, redirect_uris: [APP] },
    ['client_uri.other_host'],
  ],
  [
    'takes no host where no redirect URI has one',
    { same_host: true },
    { client_uri: PAGE, redirect_uris: ['com.example.app:/cb', 'http://127.0.0.1/cb'] },
    ['client_uri.other_host'],
  ],
  [
    'takes this machine for nobody’s host',
    { same_host: true },
    { client_uri: 'http://127.0.0.1/', redirect_uris: ['http://127.0.0.1/cb'] },
    ['client_uri.other_host'],
  ],
  [
    'takes the domain of a redirect URI',
    { same_domain: true },
    { client_uri: PAGE, redirect_uris: [APP] },
    [],
  ],
  [
    'knows public suffixes',
    { same_domain: true },
    { client_uri: 'https://good.co.uk/', redirect_uris: ['https://evil.co.uk/cb'] },
    ['client_uri.other_domain'],
  ],
  [
    'names everything that is wrong',
    { https: true, hosts: ['a.example'] },
    { client_uri: 'http://b.example/' },
    ['client_uri.not_https', 'client_uri.host'],
  ],
]

describe.each(['register', 'update'] as const)('[uris.client_uri] at: %s', (operation) => {
  it.each(ROWS)('%s: %j', async (_, terms, metadata, problems) => {
    const judged = await judgeSection(uris, { client_uri: terms }, metadata, { operation })
    expect(judged).toEqual({ problems, amended: {}, dropped: [] })
  })
})

describe('[uris]', () => {
  it.each([
    'logo_uri',
    'policy_uri',
    'tos_uri',
    'information_uri',
    'organization_uri',
    'jwks_uri',
    'initiate_login_uri',
  ])('judges %s', async (member) => {
    const judged = await judgeSection(uris, { [member]: { hosts: ['a.example'] } }, { [member]: PAGE })
    expect(judged.problems).toEqual([`${member}.host`])
  })

  it('drops a bad one where it may, each variant for itself', async () => {
    const asked = { logo_uri: 'http://a.example/l.png', 'logo_uri#de': 'https://a.example/l.png' }
    const judged = await judgeSection(uris, { logo_uri: { https: true, on_bad: 'drop' } }, asked)
    expect(judged).toEqual({ problems: [], amended: { logo_uri: undefined }, dropped: [asked.logo_uri] })
  })

  it('refuses a bad one that was dropped and is required', async () => {
    const terms = { logo_uri: { https: true, required: true, on_bad: 'drop' } }
    expect((await judgeSection(uris, terms, { logo_uri: 'http://a.example/' })).problems).toEqual([
      'logo_uri.required',
    ])
  })
})

describe('faults of [uris]', () => {
  it.each([
    [{ client_uri: { https: true, hosts: ['*.example.com'] } }, []],
    [{ clientUri: { https: true } }, ['error clientUri']],
    [{ client_name: { https: true } }, ['error client_name']],
    [{ redirect_uris: { https: true } }, ['error redirect_uris']],
    [{ frontchannel_logout_uri: { required: true } }, ['error frontchannel_logout_uri']],
    [{ jwks_uri: { https: true } }, ['warning jwks_uri.https']],
    [{ client_uri: { same_host: true, same_domain: true } }, ['warning client_uri.same_domain']],
    [{ client_uri: { required: true, hosts: [] } }, ['error client_uri.hosts']],
    [{ client_uri: { hosts: ['*.com'] } }, ['error client_uri.hosts']],
    [{ client_uri: { pattern: '(?=x)' } }, ['schema client_uri.pattern']],
    [{ client_uri: { mandatory: true } }, ['schema client_uri']],
  ])('%j: %j', (terms, faults) => {
    expect(faultsOf(uris, terms)).toEqual(faults)
  })
})
