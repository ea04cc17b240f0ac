/** A policy of the size that a large operator ends with: two hundred rules of every kind, most of which find nothing to do. */
import { METADATA_FIELDS } from '../../../clientele/src/oauth/metadata-fields.ts'
import type { PolicyDefinition } from '../../../clientele/src/policies/policy-definition.ts'

const TEXTS = ['client_name', 'software_id', 'software_version', 'organization_name', 'description']
const PAGES = ['client_uri', 'logo_uri', 'policy_uri', 'tos_uri', 'information_uri', 'organization_uri']
const WORDS = ['Bank', 'Treasury', 'Payments', 'Admin', 'Support']

const page = { https: true, hosts: ['**.client.example', 'client.example'], pattern: 'https://[^ ]+' }

export const TWO_HUNDRED_RULES: PolicyDefinition = {
  name: 'two-hundred',
  when: { gates: ['open'], networks: ['192.0.2.0/24'] },
  members: {
    deny: [...METADATA_FIELDS.values()].filter(({ support }) => support === 'drop').map(({ name }) => name),
  },
  member: {
    ...Object.fromEntries(TEXTS.map((name) => [name, { max_length: 100, pattern: '[\\p{L}\\p{N} .,_-]+' }])),
    contacts: { max_count: 5, pattern: '[^ @]+@[^ @]+', required: true },
    client_name: { required: true, max_length: 60, pattern: '[\\p{L}\\p{N} .,_-]+' },
    default_max_age: { min: 60, max: 86_400 },
    require_auth_time: { default: true },
    application_type: { allowed: ['web', 'native'] },
    subject_type: { allowed: ['public', 'pairwise'] },
    dpop_bound_access_tokens: { privileged: true, on_bad: 'drop' },
  },
  grant_types: {
    allowed: ['authorization_code', 'refresh_token', 'client_credentials'],
    required: ['authorization_code'],
    requires: { refresh_token: ['authorization_code'] },
    not_together: [['client_credentials', 'refresh_token']],
  },
  response_types: { allowed: ['code'] },
  token_endpoint_auth_methods: { allowed: ['client_secret_basic', 'client_secret_post', 'private_key_jwt'] },
  algorithms: {
    signing: ['ES256', 'RS256', 'PS256'],
    encryption: ['ECDH-ES'],
    content_encryption: ['A256GCM'],
  },
  redirect_uris: {
    classes: ['https'],
    hosts: ['client.example', '**.client.example'],
    paths: ['/callback', '/app/*'],
    ports: [443, 8443],
    min_count: 1,
    max_count: 10,
    same_domain_as_client_uri: true,
    outside: 'drop',
  },
  post_logout_redirect_uris: { classes: ['https'], hosts: ['client.example'], max_count: 5 },
  scope: { allowed: ['openid', 'profile', 'email', 'offline_access'], required: ['openid'] },
  uris: Object.fromEntries(PAGES.map((name) => [name, page])),
  names: { max_length: 60, characters: 'latin', single_script: true, reserved: WORDS, protected: WORDS },
  software: { id_pattern: '[a-z.-]+', version_pattern: '[0-9.]+', required: true },
  tokens: { require_pkce: { force: true }, refresh_token_usage: { allowed: ['OneTimeOnly', 'ReUse'] } },
  lifetimes: { access_token_lifetime: { max: 3600, on_bad: 'clamp' }, consent_lifetime: { max: 31_536_000 } },
  limits: { clients_per_network_per_day: 1000 },
  deny: Array.from({ length: 105 }, (_, at) => ({
    when: { members: { software_id: `withdrawn.${at}.*`, software_version: ['1.*', '2.*'] } },
    because: 'This version was withdrawn.',
  })),
}
