import { definePolicy } from '../policy-definition.ts'

/**
 * Clients of the Model Context Protocol. Its authorization specification wants OAuth 2.1: PKCE for everybody, redirect URIs
 * on https or on this machine, public and confidential clients alike. Its clients want more room than they would need:
 *
 * - One request names https, loopback and private-use redirect URIs together (VS Code, Cursor). Those that are not accepted
 *   go, the others are registered; a refusal for one of them is a refusal of the program.
 * - Grants are copied from the server's metadata (VS Code), so what is too much is left out as well.
 * - Cursor's desktop has a scheme without a period, which RFC 8252 §8.4 lets a server refuse. It is the only one here; for
 *   the letter of the specification, extend this and set redirect_uris.classes = ["https", "claimed-https", "loopback"].
 * - A client that names no method gets client_secret_post: older Python SDKs take no other answer with a secret in it.
 */
export const mcp = definePolicy({
  name: 'mcp',
  description: 'Clients of the Model Context Protocol, as its specification and its real clients are.',
  grant_types: {
    allowed: ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'],
    default: ['authorization_code', 'refresh_token'],
    outside: 'drop',
  },
  token_endpoint_auth_methods: {
    allowed: ['none', 'client_secret_post', 'client_secret_basic', 'private_key_jwt'],
    default: 'client_secret_post',
  },
  redirect_uris: {
    classes: ['https', 'claimed-https', 'loopback', 'private-use'],
    schemes: ['cursor', '**.*'],
    outside: 'drop',
  },
  tokens: { require_pkce: { force: true } },
})
