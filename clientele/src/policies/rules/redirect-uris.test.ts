import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { faultsOf, judgeSection } from '../../../../test/harness/judge-section.ts'
import { classifyRedirectUri } from '../../oauth/redirect-uri.ts'
import { postLogoutRedirectUris, redirectUris } from './redirect-uris.ts'

const OPERATIONS = ['register', 'update'] as const
const APP = 'https://app.example.com/cb'
const LOOPBACK = 'http://127.0.0.1:3000/cb'
const SCHEME = 'com.example.app:/cb'

type Row = readonly [
  rule: string,
  terms: Record<string, unknown>,
  uris: readonly string[],
  problems: readonly string[],
  more?: Record<string, string>,
]

const REJECTED: readonly Row[] = [
  ['takes https of a web client', { classes: ['https'] }, [APP], []],
  [
    'names each URI of another class, and not one that only these make a claimed one',
    { classes: ['https'] },
    [APP, LOOPBACK, SCHEME],
    ['redirect_uris[1].class', 'redirect_uris[2].class'],
  ],
  [
    'tells claimed https from https (RFC 8252 §7.2)',
    { classes: ['https'] },
    [APP],
    ['redirect_uris[0].class'],
    { application_type: 'native' },
  ],
  ['takes claimed https', { classes: ['claimed-https'] }, [APP], [], { application_type: 'native' }],
  ['takes nothing where no class is allowed', { classes: [] }, [APP], ['redirect_uris[0].class']],
  ['takes none at all where no class is allowed', { classes: [] }, [], []],

  ['takes a host by name', { hosts: ['app.example.com'] }, [APP], []],
  ['compares hosts without case', { hosts: ['App.Example.com'] }, ['https://APP.EXAMPLE.COM/cb'], []],
  ['takes one label for *', { hosts: ['*.example.com'] }, [APP], []],
  [
    'takes no label for none',
    { hosts: ['*.example.com'] },
    ['https://example.com/cb'],
    ['redirect_uris[0].host'],
  ],
  [
    'takes no two labels for *',
    { hosts: ['*.example.com'] },
    ['https://a.app.example.com/cb'],
    ['redirect_uris[0].host'],
  ],
  ['takes two labels for **', { hosts: ['**.example.com'] }, ['https://a.app.example.com/cb', APP], []],
  [
    'takes no label for **',
    { hosts: ['**.example.com'] },
    ['https://example.com/cb'],
    ['redirect_uris[0].host'],
  ],
  [
    'takes a part of a label',
    { hosts: ['app-*.example.com'] },
    ['https://app-7.example.com/', 'https://app.example.com/'],
    ['redirect_uris[1].host'],
  ],
  [
    'takes no host that only begins like one',
    { hosts: ['app.example.com'] },
    ['https://app.example.com.evil.example/cb'],
    ['redirect_uris[0].host'],
  ],
  [
    'takes no host that only ends like one',
    { hosts: ['*.example.com'] },
    ['https://evilexample.com/cb', 'https://app.evil-example.com/'],
    ['redirect_uris[0].host', 'redirect_uris[1].host'],
  ],
  [
    'takes no homograph in punycode',
    { hosts: ['paypal.com', '*.example.com'] },
    ['https://xn--pypal-4ve.com/cb'],
    ['redirect_uris[0].host'],
  ],
  [
    'takes a homograph for no literal label',
    { hosts: ['*.paypal.com'] },
    ['https://app.xn--pypal-4ve.com/cb'],
    ['redirect_uris[0].host'],
  ],
  [
    'takes IPv6 in any spelling',
    { hosts: ['[2001:db8::1]'] },
    ['https://[2001:DB8:0:0::1]/cb', 'https://[2001:db8::2]/cb'],
    ['redirect_uris[1].host'],
  ],
  [
    'takes no address for a glob',
    { hosts: ['*.0.0.1', '**.0.1'] },
    ['https://10.0.0.1/cb'],
    ['redirect_uris[0].host'],
  ],
  ['takes no host where the list is empty', { hosts: [] }, [APP], ['redirect_uris[0].host']],

  [
    'keeps this machine out of a list of hosts',
    { hosts: ['app.example.com'] },
    [LOOPBACK],
    ['redirect_uris[0].host'],
  ],
  [
    'takes this machine where classes names it',
    { hosts: ['app.example.com'], classes: ['loopback'] },
    [LOOPBACK],
    [],
  ],
  ['takes this machine where hosts does', { hosts: ['127.0.0.1'] }, [LOOPBACK], []],
  [
    'keeps private-use schemes out of a list of hosts',
    { hosts: ['app.example.com'] },
    [SCHEME],
    ['redirect_uris[0].host'],
  ],
  [
    'keeps a private-use scheme out whose host is on the list',
    { hosts: ['app.example.com'] },
    ['evil://app.example.com/cb'],
    ['redirect_uris[0].host'],
  ],
  [
    'keeps the web out of a list of schemes',
    { schemes: ['com.example.*'] },
    [APP, LOOPBACK],
    ['redirect_uris[0].scheme', 'redirect_uris[1].scheme'],
  ],
  [
    'takes both where both are listed',
    { schemes: ['com.example.*'], hosts: ['app.example.com'] },
    [APP, SCHEME],
    [],
  ],
  [
    'takes one label of a scheme for *',
    { schemes: ['com.example.*'] },
    ['com.example.app.beta:/cb', 'com.evil.app:/cb', SCHEME],
    ['redirect_uris[0].scheme', 'redirect_uris[1].scheme'],
  ],
  ['compares schemes without case', { schemes: ['COM.example.*'] }, ['Com.Example.App:/cb'], []],

  [
    'takes exact paths',
    { paths: ['/cb'] },
    [APP, 'https://app.example.com/cb/', 'https://app.example.com/CB'],
    ['redirect_uris[1].path', 'redirect_uris[2].path'],
  ],
  [
    'takes everything below a prefix',
    { paths: ['/cb/*'] },
    ['https://a.example/cb/x/y', 'https://a.example/cb/', 'https://a.example/cbx'],
    ['redirect_uris[2].path'],
  ],
  ['reads no path as /', { paths: ['/'] }, ['https://app.example.com', 'https://app.example.com?x=1'], []],
  [
    'takes the path of a private-use URI',
    { paths: ['/cb'] },
    [SCHEME, 'com.example.app:cb'],
    ['redirect_uris[1].path'],
  ],
  [
    'looks at paths, not at queries',
    { paths: ['/cb'] },
    ['https://a.example/cb?x=/../y', 'https://a.example/x?/cb'],
    ['redirect_uris[1].path'],
  ],
  ...[
    '%2e%2e%2fadmin',
    '..%2fx',
    'a%5cb',
    'a%252fb',
    '..;/x',
    '/evil.example',
    'a//b',
    'a%00',
    'a%0d%0a',
    'x;/..;a',
  ].map(
    (rest): Row => [
      `lets ${rest} not lead out of a prefix`,
      { paths: ['/cb/*'] },
      [`https://a.example/cb/${rest}`],
      ['redirect_uris[0].path'],
    ],
  ),

  [
    'takes the standard port as 443',
    { ports: [443] },
    [APP, 'https://a.example:443/', 'https://a.example:8443/'],
    ['redirect_uris[2].port'],
  ],
  ['leaves this machine its ports (RFC 8252 §7.3)', { ports: [443] }, [LOOPBACK, SCHEME], []],

  ['counts to the least', { min_count: 2 }, [APP], ['redirect_uris.too_few']],
  ['counts to the most', { max_count: 1 }, [APP, LOOPBACK], ['redirect_uris.too_many']],
  ['counts up to both', { min_count: 1, max_count: 1 }, [APP], []],

  [
    'takes a sister of client_uri',
    { same_domain_as_client_uri: true },
    [APP],
    [],
    { client_uri: 'https://www.example.com/about' },
  ],
  [
    'takes no stranger of client_uri',
    { same_domain_as_client_uri: true },
    [APP],
    ['redirect_uris[0].domain'],
    { client_uri: 'https://example.org/' },
  ],
  [
    'knows public suffixes',
    { same_domain_as_client_uri: true },
    ['https://evil.co.uk/'],
    ['redirect_uris[0].domain'],
    { client_uri: 'https://good.co.uk/' },
  ],
  [
    'knows private suffixes',
    { same_domain_as_client_uri: true },
    ['https://evil.github.io/'],
    ['redirect_uris[0].domain'],
    { client_uri: 'https://good.github.io/' },
  ],
  [
    'takes an address for itself alone',
    { same_domain_as_client_uri: true },
    ['https://10.0.0.1/', 'https://10.1.0.1/'],
    ['redirect_uris[1].domain'],
    { client_uri: 'https://10.0.0.1/' },
  ],
  ['demands client_uri', { same_domain_as_client_uri: true }, [APP], ['client_uri.required']],
  ['demands client_uri for the web only', { same_domain_as_client_uri: true }, [LOOPBACK, SCHEME], []],

  [
    'takes no wildcard, whatever it says',
    {},
    ['https://app.example.com/*', 'https://app.example.com/?x=*', APP],
    ['redirect_uris[0].wildcard', 'redirect_uris[1].wildcard'],
  ],
]

describe.each(OPERATIONS)('[redirect_uris], which rejects, at: %s', (operation) => {
  it.each(REJECTED)('%s: %j', async (_, terms, uris, problems, more = {}) => {
    const asked = { ...(more as Record<string, string>), redirect_uris: uris as readonly string[] }
    const judged = await judgeSection(redirectUris, terms, asked, { operation })
    expect(judged).toEqual({ problems, amended: {}, dropped: [] })
  })
})

/** What a lenient parser would mend into the host that is allowed, or into another than it shows. */
const FORBIDDEN = [
  'https://app.example.com@evil.example/',
  'https://app.example.com\\@evil.example/',
  'https://app.example.com.\t/',
  'https://app.example.com./',
  '//app.example.com/',
  'https:app.example.com',
  'https:///app.example.com/',
  'javascript://app.example.com/%0aalert(1)',
  'https://app.example.com/%2e%2E/x',
  'https://app.example.com/cb/../x',
  'https://app.example.com:0443/',
  'https://\u0430pp.example.com/',
  'https://app%2eexample.com/',
  'https://app.example.com#@evil.example/',
  'http://2130706433/',
  'https://0x7f.1/',
]

describe('URIs that no client may have', () => {
  it.each(FORBIDDEN)('%j is left to the rules for all, which refuse it', async (uri) => {
    const terms = { hosts: ['app.example.com'], classes: ['https'] }
    expect(classifyRedirectUri(uri).class).toBe('forbidden')
    expect(
      (await judgeSection(redirectUris, terms, { redirect_uris: [uri], application_type: 'web' })).problems,
    ).toEqual([])
  })

  it.each(FORBIDDEN)('%j goes where a part may be accepted', async (uri) => {
    const judged = await judgeSection(redirectUris, { outside: 'drop' }, { redirect_uris: [uri, APP] })
    expect(judged).toEqual({ problems: [], amended: { redirect_uris: [APP] }, dropped: [uri] })
  })
})

describe.each(OPERATIONS)('[redirect_uris] with partial acceptance, at: %s', (operation) => {
  const drop = (terms: object, uris: readonly string[], more = {}) =>
    judgeSection(redirectUris, { ...terms, outside: 'drop' }, { redirect_uris: uris, ...more }, { operation })

  it.each([
    [{ hosts: ['app.example.com'] }, [APP, 'https://evil.example/'], [APP]],
    [{ schemes: ['com.example.app'] }, [SCHEME, 'com.evil.app:/cb'], [SCHEME]],
    [{ paths: ['/cb'] }, ['https://a.example/x', APP], [APP]],
    [{ ports: [443] }, ['https://a.example:444/', APP], [APP]],
    [{}, ['https://a.example/*', APP], [APP]],
    [{ hosts: ['app.example.com'], max_count: 1 }, ['https://b.example/', APP], [APP]],
  ])('%j keeps of %j what it takes', async (terms, uris, kept) => {
    const dropped = uris.filter((uri) => !kept.includes(uri))
    expect(await drop(terms, uris)).toEqual({ problems: [], amended: { redirect_uris: kept }, dropped })
  })

  it('infers the kind of client from what is left, not from what went', async () => {
    expect(await drop({ classes: ['https'] }, [APP, LOOPBACK, SCHEME])).toEqual({
      problems: [],
      amended: { redirect_uris: [APP] },
      dropped: [LOOPBACK, SCHEME],
    })
  })

  it('keeps what is on the domain of client_uri', async () => {
    const terms = { same_domain_as_client_uri: true }
    const page = { client_uri: 'https://www.example.com/' }
    expect((await drop(terms, [APP, 'https://evil.example/'], page)).amended).toEqual({
      redirect_uris: [APP],
    })
    expect((await drop(terms, [APP])).problems).toEqual(['client_uri.required'])
  })

  it('refuses where nothing is left, and names each (an empty list would mean another thing)', async () => {
    expect(await drop({ hosts: ['app.example.com'] }, ['https://a.example/', 'https://b.example/'])).toEqual({
      problems: ['redirect_uris[0].host', 'redirect_uris[1].host'],
      amended: {},
      dropped: [],
    })
  })

  it('refuses where two rules together leave nothing', async () => {
    const judged = await drop({ hosts: ['a.example'], paths: ['/cb'] }, [
      'https://a.example/x',
      'https://b.example/cb',
    ])
    expect(judged.problems).toEqual(['redirect_uris[0].path'])
  })

  it('counts what is left', async () => {
    const judged = await drop({ hosts: ['app.example.com'], min_count: 2 }, [APP, 'https://b.example/'])
    expect(judged.problems).toEqual(['redirect_uris.too_few'])
  })

  it('does not touch what a credential fixed, but refuses', async () => {
    const fixed = { redirect_uris: [APP, 'https://b.example/'] }
    const terms = { hosts: ['app.example.com'], outside: 'drop' }
    const judged = await judgeSection(redirectUris, terms, fixed, { operation, fixed })
    expect(judged).toEqual({ problems: ['redirect_uris.fixed'], amended: {}, dropped: [] })
  })
})

describe('[post_logout_redirect_uris]', () => {
  const judge = (terms: object, uris: readonly string[], more = {}) =>
    judgeSection(postLogoutRedirectUris, terms, { post_logout_redirect_uris: uris, ...more })

  it('knows http as a class of its own (RP-Initiated Logout 1.0 §3.1)', async () => {
    const http = 'http://app.example.com/bye'
    expect((await judge({ classes: ['http'] }, [http])).problems).toEqual([])
    expect((await judge({ classes: ['https'] }, [http])).problems).toEqual([
      'post_logout_redirect_uris[0].class',
    ])
    expect((await judge({ hosts: ['app.example.com'] }, [http, 'http://b.example/'])).problems).toEqual([
      'post_logout_redirect_uris[1].host',
    ])
  })

  it('are those of a web client, whatever schemes it names for its logouts (RFC 8252 §7.2)', async () => {
    const uris = [APP, 'com.example.app:/bye']
    const { problems } = await judge({ classes: ['claimed-https', 'private-use'] }, uris)
    expect(problems).toEqual(['post_logout_redirect_uris[0].class'])
  })

  it('drops http of a public client, which may not have it', async () => {
    const uris = ['http://app.example.com/bye', APP]
    const judged = await judge({ outside: 'drop' }, uris, { token_endpoint_auth_method: 'none' })
    expect(judged.amended).toEqual({ post_logout_redirect_uris: [APP] })
  })

  it('says nothing about clients that name none', async () => {
    expect((await judge({ hosts: ['a.example'], outside: 'drop' }, [])).problems).toEqual([])
  })
})

describe('faults of [redirect_uris]', () => {
  it.each([
    [
      { hosts: ['*.example.com', '**.example.co.uk', 'app-*.internal', '*.internal', '[::1]', '10.0.0.1'] },
      [],
    ],
    [{ hosts: ['*'] }, ['error hosts']],
    [{ hosts: ['app.*'] }, ['error hosts']],
    [{ hosts: ['*.com'] }, ['error hosts']],
    [{ hosts: ['**.co.uk'] }, ['error hosts']],
    [{ hosts: ['*example.com'] }, ['error hosts']],
    [{ hosts: ['*.github.io'] }, ['warning hosts']],
    [{ hosts: ['**'] }, ['schema hosts.0']],
    [{ hosts: ['a.**.example.com'] }, ['schema hosts.0']],
    [{ hosts: ['https://a.example'] }, ['schema hosts.0']],
    [{ hosts: ['a.example:443'] }, ['schema hosts.0']],
    [{ hosts: ['b\u00fccher.example'] }, ['schema hosts.0']],
    [{ hosts: ['[::g]'] }, ['schema hosts.0']],
    [{ paths: ['/a*'] }, ['schema paths.0']],
    [{ paths: ['/a/*/b'] }, ['schema paths.0']],
    [{ paths: ['/a?b'] }, ['schema paths.0']],
    [{ schemes: ['com.example:'] }, ['schema schemes.0']],
    [{ schemes: ['https'] }, ['error schemes']],
    [{ schemes: ['javascript'] }, ['error schemes']],
    [{ schemes: ['cursor', 'com.example.*'] }, []],
    [{ classes: ['web'] }, ['schema classes.0']],
    [{ classes: ['http'] }, ['schema classes.0']],
    [{ min_count: 2, max_count: 1 }, ['error min_count']],
    [{ min_count: 1, classes: [] }, ['error classes']],
    [{ classes: ['private-use'], hosts: ['a.example'] }, ['warning hosts']],
    [{ classes: ['https'], schemes: ['com.example.*'] }, ['warning schemes']],
    [{ host: ['a.example'] }, ['schema ']],
  ])('%j: %j', (terms, faults) => {
    expect(faultsOf(redirectUris, terms)).toEqual(faults)
  })
})

it('what is kept of any list is taken as it is: judging it again changes nothing', async () => {
  const uri = fc.oneof(
    fc.constantFrom(
      APP,
      LOOPBACK,
      SCHEME,
      'https://b.example.com/x',
      'https://evil.example/cb',
      ...FORBIDDEN,
    ),
    fc.webUrl({ withQueryParameters: true }),
    fc.string({ unit: 'binary', maxLength: 20 }).map((text) => `https://app.example.com${text}`),
    fc.string({ unit: 'binary', maxLength: 20 }).map((text) => `https://${text}.example.com/cb`),
  )
  const terms = fc.record(
    {
      classes: fc.subarray(['https', 'claimed-https', 'loopback', 'private-use']),
      hosts: fc.subarray(['*.example.com', 'evil.example', '127.0.0.1', '[::1]']),
      schemes: fc.subarray(['com.example.*', 'cursor']),
      paths: fc.subarray(['/cb', '/x/*', '/*']),
      ports: fc.subarray([443, 3000]),
      outside: fc.constant('drop'),
    },
    { requiredKeys: ['outside'] },
  )
  await fc.assert(
    fc.asyncProperty(terms, fc.array(uri, { minLength: 1, maxLength: 6 }), async (policy, uris) => {
      const first = await judgeSection(redirectUris, policy, { redirect_uris: uris })
      const kept = (first.amended.redirect_uris ?? uris) as readonly string[]
      expect(uris).toEqual(expect.arrayContaining([...kept]))
      if (first.problems.length > 0) return
      for (const outside of ['drop', 'reject']) {
        const again = await judgeSection(redirectUris, { ...policy, outside }, { redirect_uris: kept })
        expect(again.problems).toEqual([])
        expect(again.amended).toEqual({})
      }
    }),
    { numRuns: 300 },
  )
})
