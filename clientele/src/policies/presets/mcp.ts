import { definePolicy } from '../policy-definition.ts'

/**
 * Clients of the Model Context Protocol. Its authorization specification wants OAuth 2.1: PKCE for everybody, redirect URIs
 * on https or on this machine, public and confidential clients alike. Its clients want more room than they would need:
 *
 * - One request names https, loopback and private-use redirect URIs together (VS Code, Cursor). Those that are not accepted
 *   go, the others are registered; a refusal for one of them is a refusal of the program.
 * - Grants are copied from the server's metadata (VS Code), so what is too much is left out as well.
 * - Its specification knows https and this machine only. Desktop programs come with private-use schemes all the same: those
 *   of a reversed domain name, as RFC 8252 §7.1 has them, and Cursor's, which has no period and which §8.4 would let a server
 *   refuse. For the letter of the specification, extend this and set redirect_uris.classes = ["https", "claimed-https",
 *   "loopback"].
 * - A client that names no method is answered client_secret_post: older Python SDKs take no other answer with a secret in it.
 *   It may still send its secret in the header, as newer ones do without reading the answer (`authorization/client-rules.ts`).
 *
 * Programs without a user (client_credentials) are not let in: nobody sees what they do. The preset `machine` is for them.
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
