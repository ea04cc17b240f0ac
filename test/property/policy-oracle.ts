import type { ClientRecord } from '../../clientele/src/clients/client.ts'
import type { Capabilities } from '../../clientele/src/oauth/capabilities.ts'
import { STANDARD_LIFETIMES } from '../../clientele/src/oauth/lifetimes.ts'
import type { PolicyDefinition } from '../../clientele/src/policies/policy-definition.ts'

/**
 * What a policy says of a stored client, said once more and otherwise: no code of `policies/` is used, only the words of the
 * documentation. Each breach is a sentence; none means that the client is as its policy wants it.
 */
// biome-ignore lint/suspicious/noExplicitAny: policies and metadata are looked at here as plain JSON
type Json = any

export function findBreaches(
  policy: PolicyDefinition,
  record: ClientRecord,
  capabilities: Capabilities,
): readonly string[] {
  const breaches: string[] = []
  const granted = record.granted as Json
  const must = (holds: boolean, what: string) => {
    if (!holds) breaches.push(what)
  }
  must(granted.grant_types.length > 0, 'there is no grant')
  judgeAskedScope(policy, record, must)
  judgeMember(policy.member as Json, granted, must)
  judgeMembers(policy, record, must)
  judgeList('grant_types', policy.grant_types, granted.grant_types, must)
  judgeList('response_types', policy.response_types, granted.response_types, must)
  const methods = policy.token_endpoint_auth_methods as Json
  const method = granted.token_endpoint_auth_method
  must(methods?.allowed?.includes(method) ?? true, `method ${method} is not allowed`)
  must(methods?.force === undefined || methods.force === method, `method ${method} is not forced`)
  judgeAlgorithms(policy.algorithms, granted, must)
  judgeUris('redirect_uris', policy.redirect_uris, granted, must)
  judgeUris('post_logout_redirect_uris', policy.post_logout_redirect_uris, granted, must)
  judgeScope(policy.scope, granted.scope, capabilities, must)
  for (const [member, terms] of Object.entries((policy.uris ?? {}) as Json))
    judgePage(member, terms, granted, must)
  judgeNames(policy.names, record, must)
  judgeSoftware(policy.software, record, must)
  judgeTokens(policy.tokens, granted, must)
  judgeLifetimes(policy.lifetimes, granted, must)
  judgeDenials(policy.deny, record, must)
  judgeCredentials(policy.credentials, record, must)
  return breaches
}

type Must = (holds: boolean, what: string) => void

/** Neither nothing nor more of what was asked for; where `[members]` takes the member away, it is as if it was not asked for. */
function judgeAskedScope(
  policy: PolicyDefinition,
  { requested, granted, fixed }: ClientRecord,
  must: Must,
): void {
  const { scope } = requested
  if (scope === undefined || fixed?.scope !== undefined || policy.members !== undefined) return
  const asked = scope.split(' ')
  must(granted.scope !== '', 'of the scope that was asked for, nothing is left')
  must(
    granted.scope.split(' ').every((value) => asked.includes(value)),
    'the scope is wider than was asked',
  )
}

/** The member in every language. */
function variants(member: string, granted: Json): readonly [string, Json][] {
  return Object.entries(granted).filter(([name]) => name === member || name.startsWith(`${member}#`))
}

function elements(member: string, value: Json): Json[] {
  if (member === 'scope') return value === '' ? [] : value.split(' ')
  return Array.isArray(value) ? value : [value]
}

function judgeMember(tables: Json = {}, granted: Json, must: Must): void {
  for (const [member, rules] of Object.entries<Json>(tables)) {
    const all = variants(member, granted)
    if (rules.required)
      must(granted[member] !== undefined && granted[member].length !== 0, `${member} is missing`)
    if (rules.force !== undefined) {
      must(
        JSON.stringify(granted[member]) === JSON.stringify(rules.force),
        `${member} is not as it is forced`,
      )
      must(all.length <= 1, `${member} is forced, and has translations`)
    }
    for (const [name, value] of all) {
      const parts = elements(member, value)
      if (rules.max_count !== undefined && (Array.isArray(value) || member === 'scope'))
        must(parts.length <= rules.max_count, `${name} has too many`)
      for (const part of parts) {
        const pattern = rules.pattern && new RegExp(`^(?:${rules.pattern})$`, 'u')
        must(pattern === undefined || pattern.test(part), `${name} does not match`)
        must(rules.allowed?.includes(part) ?? true, `${name} is not allowed: ${part}`)
        must(!([...String(part)].length < rules.min_length), `${name} is too short`)
        must(!([...String(part)].length > rules.max_length), `${name} is too long`)
        must(!(part < rules.min) && !(part > rules.max), `${name} is out of range`)
      }
    }
  }
}

/** What every client has, or what other rules may put in. */
const STANDARD: Json = { grant_types: ['authorization_code'], redirect_uris: [], application_type: 'web' }

function judgeMembers(
  policy: PolicyDefinition,
  { granted, requested, fixed = {} }: ClientRecord,
  must: Must,
): void {
  const { allow, deny } = (policy.members ?? {}) as Json
  const others =
    JSON.stringify([policy.member, policy.grant_types, policy.response_types, policy.scope]) +
    JSON.stringify([policy.token_endpoint_auth_methods, policy.algorithms, policy.tokens, policy.lifetimes])
  for (const member of [
    'client_uri',
    'contacts',
    'client_name',
    'redirect_uris',
    'grant_types',
    'logo_uri',
    'jwks',
  ]) {
    const isOutside = allow ? !allow.includes(member) : (deny?.includes(member) ?? false)
    if (!isOutside || requested[member] === undefined || fixed[member] !== undefined) continue
    if (others.includes(member) || (member === 'grant_types' && others.includes('authorization_code')))
      continue
    const given = (granted as Json)[member]
    // As if it had been left out: then the policy's own default for grants is what it gets, not the standard's.
    if (member === 'grant_types' && isWithinDefault(given, policy.grant_types)) continue
    must(
      given === undefined ||
        JSON.stringify(given) === JSON.stringify(STANDARD[member]) ||
        (member === 'grant_types' && granted.application_type === 'native'),
      `${member} is no member that a client may set`,
    )
  }
}

function judgeList(member: string, terms: Json, list: readonly string[], must: Must): void {
  if (terms === undefined) return
  must(
    terms.allowed === undefined || list.every((value) => terms.allowed.includes(value)),
    `${member} not allowed`,
  )
  must(
    (terms.required ?? []).every((value: string) => list.includes(value)),
    `${member} lacks a required one`,
  )
  if (terms.force) must(String([...list].sort()) === String([...terms.force].sort()), `${member} not forced`)
  for (const [value, needed] of Object.entries<Json>(terms.requires ?? {}))
    must(
      !list.includes(value) || needed.every((each: string) => list.includes(each)),
      `${member} ${value} alone`,
    )
  for (const set of terms.not_together ?? [])
    must(!set.every((value: string) => list.includes(value)), `${member} together`)
}

function judgeAlgorithms(terms: Json, granted: Json, must: Must): void {
  for (const [member, value] of Object.entries<Json>(granted)) {
    const kind = /_encrypted_response_alg$/.test(member)
      ? 'encryption'
      : /_enc$/.test(member)
        ? 'content_encryption'
        : /_alg$/.test(member)
          ? 'signing'
          : undefined
    if (kind === undefined || terms === undefined) continue
    must(terms[kind]?.includes(value) ?? true, `${member} ${value} is not allowed`)
    must(!(terms.never ?? []).includes(value), `${member} ${value} is never to be`)
  }
}

const isNative = (granted: Json) => granted.application_type === 'native'

function classOf(uri: string, granted: Json): string {
  const { protocol, hostname } = new URL(uri)
  if (protocol === 'https:') return isNative(granted) ? 'claimed-https' : 'https'
  if (protocol !== 'http:') return 'private-use'
  return /^(127\.|localhost$|\[::1\])/.test(hostname) ? 'loopback' : 'http'
}

/** `*` is a part of a label, `**` one label or more. */
function hostMatches(glob: string, host: string): boolean {
  const match = ([first, ...globs]: string[], labels: string[]): boolean => {
    if (first === undefined) return labels.length === 0
    if (labels.length === 0) return false
    if (first === '**') return labels.some((_, at) => match(globs, labels.slice(at + 1)))
    return (first === '*' || first === labels[0]) && match(globs, labels.slice(1))
  }
  return match(glob.split('.'), host.split('.'))
}

const domain = (uri: string) => new URL(uri).hostname.split('.').slice(-2).join('.')

function judgeUris(member: string, terms: Json, granted: Json, must: Must): void {
  const uris: readonly string[] = granted[member] ?? []
  if (terms === undefined) return
  const { classes, hosts, schemes, paths, ports } = terms
  must(!(uris.length < terms.min_count) && !(uris.length > terms.max_count), `${member}: their number`)
  for (const uri of uris) {
    const kind = classOf(uri, granted)
    const isWeb = kind === 'https' || kind === 'claimed-https' || kind === 'http'
    const { protocol, hostname, pathname, port } = new URL(uri)
    must(!uri.includes('*'), `${member}: ${uri} has a wildcard`)
    must(classes === undefined || classes.includes(kind), `${member}: ${uri} is ${kind}`)
    if (hosts !== undefined && isWeb)
      must(
        hosts.some((glob: string) => hostMatches(glob, hostname)),
        `${member}: ${uri} is on another host`,
      )
    if (schemes !== undefined && kind === 'private-use')
      must(
        schemes.some((glob: string) => hostMatches(glob, protocol.slice(0, -1))),
        `${member}: ${uri} has another scheme`,
      )
    if (paths !== undefined) {
      const isListed = (path: string) =>
        path.endsWith('/*') ? pathname.startsWith(path.slice(0, -1)) : path === pathname
      must(paths.some(isListed), `${member}: ${uri} has another path`)
    }
    if (ports !== undefined && isWeb)
      must(ports.includes(Number(port || 443)), `${member}: ${uri} has another port`)
    if (terms.same_domain_as_client_uri && isWeb)
      must(
        granted.client_uri !== undefined && domain(uri) === domain(granted.client_uri),
        `${member}: other domain`,
      )
  }
}

function judgeScope(terms: Json, scope: string, { scopes }: Capabilities, must: Must): void {
  const values = scope === '' ? [] : scope.split(' ')
  for (const value of values) must(scopes.includes(value), `scope ${value} does not exist`)
  if (terms === undefined) return
  const { allowed, patterns, required = [] } = terms
  const takes = (glob: string, value: string) =>
    glob.endsWith(':**')
      ? value.startsWith(glob.slice(0, -2))
      : hostMatches(glob.replaceAll(':', '.'), value.replaceAll(':', '.'))
  if (allowed !== undefined || patterns !== undefined) {
    for (const value of values) {
      const isTaken =
        (allowed ?? []).some((glob: string) => takes(glob, value)) ||
        (patterns ?? []).some((pattern: string) => new RegExp(`^(?:${pattern})$`).test(value))
      must(isTaken, `scope ${value} is above the ceiling`)
    }
  }
  for (const value of required) must(values.includes(value), `scope lacks ${value}`)
}

function judgePage(member: string, terms: Json, granted: Json, must: Must): void {
  if (terms.required) must(granted[member] !== undefined, `${member} is missing`)
  const redirects = granted.redirect_uris.filter((uri: string) => uri.startsWith('https:'))
  for (const [name, page] of variants(member, granted)) {
    const { protocol, hostname } = new URL(page)
    if (terms.https) must(protocol === 'https:', `${name} is not https`)
    if (terms.pattern) must(new RegExp(`^(?:${terms.pattern})$`).test(page), `${name} does not match`)
    if (terms.hosts)
      must(
        terms.hosts.some((glob: string) => hostMatches(glob, hostname)),
        `${name} is on another host`,
      )
    if (terms.same_host)
      must(
        redirects.some((uri: string) => new URL(uri).hostname === hostname),
        `${name} is on no redirect host`,
      )
    if (terms.same_domain)
      must(
        redirects.some((uri: string) => domain(uri) === domain(page)),
        `${name} is on no redirect domain`,
      )
  }
}

const CHARACTERS: Json = { ascii: /^[ -~]*$/, latin: /^[^Ѐ-ӿ]*$/, '[A-Za-z ]': /^[A-Za-z ]*$/ }

function judgeNames(terms: Json, { granted, fixed }: ClientRecord, must: Must): void {
  if (terms === undefined) return
  for (const member of terms.members ?? ['client_name', 'organization_name']) {
    for (const [name, value] of variants(member, granted)) {
      must(
        !([...value].length < terms.min_length) && !([...value].length > terms.max_length),
        `${name}: its length`,
      )
      must(CHARACTERS[terms.characters]?.test(value) ?? true, `${name}: its characters`)
      if (terms.single_script) must(!(/[А-я]/.test(value) && /[A-Za-z]/.test(value)), `${name}: two scripts`)
      must(!terms.reserved?.includes(value), `${name} is reserved`)
      if (fixed?.[name] === undefined && terms.protected?.length)
        must(!['Bank', 'Bаnk'].includes(value), `${name} is protected`)
    }
  }
}

function judgeSoftware(terms: Json, { granted, vouched }: ClientRecord, must: Must): void {
  if (terms === undefined) return
  const { software_id: id, software_version: version } = granted
  if (terms.required) must(id !== undefined && version !== undefined, 'software is not named')
  const matches = (pattern: string | undefined, value: string | undefined) =>
    pattern === undefined || value === undefined || new RegExp(`^(?:${pattern})$`).test(value)
  must(matches(terms.id_pattern, id) && matches(terms.version_pattern, version), 'software does not match')
  must(terms.statement !== 'required' || vouched !== undefined, 'nobody vouches')
  must(vouched === undefined || (terms.issuers?.includes(vouched.issuer) ?? true), 'somebody else vouches')
}

/** Whether the member means something to such a client; what means nothing is not stored. */
function isMeant(member: string, granted: Json): boolean {
  const has = (grant: string) => granted.grant_types.includes(grant)
  if (/refresh/.test(member)) {
    if (member === 'sliding_refresh_token_lifetime' && granted.refresh_token_expiration === 'Absolute')
      return false
    return has('refresh_token')
  }
  if (member === 'allow_remember_consent')
    return has('authorization_code') && granted.require_consent !== false
  if (member === 'identity_token_lifetime')
    return has('authorization_code') && granted.scope.split(' ').includes('openid')
  return member.startsWith('access_token') || has('authorization_code')
}

function judgeTokens(tables: Json = {}, granted: Json, must: Must): void {
  const consent = tables.require_consent
  const mayLetGo = [consent?.default, consent?.force, ...(consent?.allowed ?? [])].includes(false)
  must(granted.require_consent !== false || mayLetGo, 'nobody is asked for consent')
  for (const [member, terms] of Object.entries<Json>(tables)) {
    const value = granted[member]
    if (member === 'allowed_cors_origins') {
      if (terms.allowed === undefined) continue
      must(value !== undefined, 'any origin may call')
      for (const origin of value ?? []) {
        const isTaken =
          terms.default?.includes(origin) ||
          terms.allowed.some((glob: string) => hostMatches(glob.slice(8), origin.slice(8)))
        must(isTaken, `the origin ${origin} is not allowed`)
      }
      must(!(value?.length > terms.max_count), 'too many origins')
      continue
    }
    if (!isMeant(member, granted)) continue
    if (terms.force !== undefined) must(value === terms.force, `${member} is not forced`)
    else if (value !== undefined)
      must(
        terms.allowed?.includes(value) ?? (member !== 'require_consent' || value || terms.default === false),
        `${member} ${value} is not allowed`,
      )
  }
}

const OWN: Json = {
  identity_token_lifetime: STANDARD_LIFETIMES.identityToken,
  access_token_lifetime: STANDARD_LIFETIMES.accessToken,
  authorization_code_lifetime: STANDARD_LIFETIMES.authorizationCode,
  sliding_refresh_token_lifetime: STANDARD_LIFETIMES.refreshToken,
  consent_lifetime: STANDARD_LIFETIMES.consent,
}

function judgeLifetimes(tables: Json = {}, granted: Json, must: Must): void {
  for (const [member, terms] of Object.entries<Json>(tables)) {
    if (!isMeant(member, granted)) continue
    const isAbsolute = member === 'absolute_refresh_token_lifetime'
    const value = granted[member] ?? OWN[member]
    if (terms.force !== undefined) must(granted[member] === terms.force, `${member} is not forced`)
    if (value === undefined) continue
    const length = isAbsolute && value === 0 ? Infinity : value
    must(!(length < terms.min) && !(length > terms.max), `${member} ${value} is out of bounds`)
  }
}

function judgeDenials(denials: Json = [], { granted, requested, caller }: ClientRecord, must: Must): void {
  for (const { when } of denials) {
    const matches = (wanted: Json, value: Json) =>
      typeof wanted === 'string' && wanted.endsWith('*')
        ? String(value).startsWith(wanted.slice(0, -1))
        : typeof wanted === 'string' && wanted.startsWith('*')
          ? String(value).endsWith(wanted.slice(1))
          : wanted === value
    const members = Object.entries<Json>(when.members ?? {}).every(([member, wanted]) =>
      variants(member, granted)
        .flatMap(([, value]) => elements(member, value))
        .some((value) => [wanted].flat().some((each) => matches(each, value))),
    )
    const isMeant =
      (when.gates?.includes(caller.gate) ?? true) &&
      (when.claimed_software_ids?.some(
        (glob: string) => requested.software_id && matches(glob, requested.software_id),
      ) ??
        true) &&
      (when.networks?.includes('192.0.2.0/24') ?? true)
    must(!(members && isMeant), 'is denied')
  }
}

function judgeCredentials(terms: Json, record: ClientRecord, must: Must): void {
  if (terms === undefined) return
  const id = terms.client_id
  must(id?.generator !== 'random' || record.id.startsWith(id.prefix ?? ''), 'the id has no prefix')
  const lifetime = terms.client_secret?.lifetime
  for (const secret of record.secrets)
    must(
      lifetime === undefined || secret.expiresAt === (lifetime && secret.createdAt + lifetime),
      'the secret ends otherwise',
    )
  const token = terms.registration_access_token?.lifetime
  must(!token || record.registrationAccessTokenExpiresAt !== undefined, 'the token has no end')
}

function isWithinDefault(given: unknown, table: unknown): boolean {
  const standard = ((table ?? {}) as Json).default
  return Array.isArray(given) && Array.isArray(standard) && given.every((each) => standard.includes(each))
}
