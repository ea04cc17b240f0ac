import { definePolicy } from '../policy-definition.ts'

/**
 * FAPI 2.0 Security Profile, what §5.3.2 asks of an authorization server and a registration can settle: confidential clients
 * that authenticate with private_key_jwt; authorization requests by PAR only, with PKCE; access tokens bound to a DPoP key;
 * PS256, ES256 and EdDSA and no other algorithm (§5.4.1); codes that live a minute at most; refresh tokens that are not
 * rotated, because a sender-constrained one needs no rotation and a lost answer costs the consent (§5.3.2.1).
 *
 * The profile's other choice, mutual TLS for authentication and for binding tokens (RFC 8705), is not supported by this
 * server. Its ID Tokens are signed with ES256, the one algorithm that both have.
 */
const SIGNING = ['PS256', 'ES256', 'EdDSA', 'Ed25519']

export const fapi2 = definePolicy({
  name: 'fapi2',
  description: 'Confidential clients of the FAPI 2.0 Security Profile, with private_key_jwt and DPoP.',
  grant_types: { allowed: ['authorization_code', 'refresh_token', 'client_credentials'] },
  token_endpoint_auth_methods: { allowed: ['private_key_jwt'], default: 'private_key_jwt' },
  algorithms: { signing: SIGNING },
  member: {
    require_pushed_authorization_requests: { force: true },
    dpop_bound_access_tokens: { force: true },
  },
  redirect_uris: { classes: ['https', 'claimed-https'] },
  lifetimes: { authorization_code_lifetime: { default: 60, max: 60 } },
  tokens: { require_pkce: { force: true }, refresh_token_usage: { force: 'ReUse' } },
})
