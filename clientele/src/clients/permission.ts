/**
 * Permissions of a stored credential, with Stalwart's names where it has one. `authenticate` and
 * `oauth-client-registration` together let an API key or a service account register; `oauth-client-override` lets a caller
 * choose the client's id and secret; the other ones of `oauth-client` open a registration that is not the caller's own.
 *
 * `registry-read` is for another authorization server (`GET /registry/v1/clients/{id}`), on API keys alone: it shows what is
 * granted to every client, and the hashes of their secrets. It opens nothing else, and nothing else opens that.
 */
export const PERMISSIONS = [
  'authenticate',
  'oauth-client-registration',
  'oauth-client-override',
  'oauth-client-get',
  'oauth-client-update',
  'oauth-client-delete',
  'registry-read',
] as const

/** One of `PERMISSIONS`. */
export type Permission = (typeof PERMISSIONS)[number]

/** What an initial access token need not be permitted, because it is for that, or cannot do, because it only registers. */
const BEYOND_REGISTERING: readonly Permission[] = [
  'authenticate',
  'oauth-client-registration',
  'oauth-client-get',
  'oauth-client-update',
  'oauth-client-delete',
  'registry-read',
]

/** The permissions that mean something on an initial access token. */
export const REGISTERING_PERMISSIONS: readonly Permission[] = PERMISSIONS.filter(
  (permission) => !BEYOND_REGISTERING.includes(permission),
)

/** The permissions that mean something to whoever calls the registration, by whichever gate. */
export const CALLING_PERMISSIONS: readonly Permission[] = PERMISSIONS.filter(
  (permission) => permission !== 'registry-read',
)

/** Whether a text names a permission. */
export function isPermission(text: string): text is Permission {
  return (PERMISSIONS as readonly string[]).includes(text)
}
