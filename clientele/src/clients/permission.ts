/**
 * Permissions of a stored credential, with Stalwart's names where it has one. `authenticate` and
 * `oauth-client-registration` together let an API key or a service account register; `oauth-client-override` lets a caller
 * choose the client's id and secret; the others open a registration that is not the caller's own.
 */
export const PERMISSIONS = [
  'authenticate',
  'oauth-client-registration',
  'oauth-client-override',
  'oauth-client-get',
  'oauth-client-update',
  'oauth-client-delete',
] as const

export type Permission = (typeof PERMISSIONS)[number]

/** What an initial access token need not be permitted, because it is for that, or cannot do, because it only registers. */
const BEYOND_REGISTERING: readonly Permission[] = [
  'authenticate',
  'oauth-client-registration',
  'oauth-client-get',
  'oauth-client-update',
  'oauth-client-delete',
]

/** The permissions that mean something on an initial access token. */
export const REGISTERING_PERMISSIONS: readonly Permission[] = PERMISSIONS.filter(
  (permission) => !BEYOND_REGISTERING.includes(permission),
)

/** Whether a text names a permission. */
export function isPermission(text: string): text is Permission {
  return (PERMISSIONS as readonly string[]).includes(text)
}
