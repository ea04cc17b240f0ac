/** The configuration keys of the gates for stored credentials, and of what gates may do with existing registrations. */
import { z } from 'zod'

const gateSection = (standard: boolean, description: string, about: string) =>
  z
    .strictObject({
      enabled: z.boolean().default(standard).meta({ description, allowed: 'true or false' }),
    })
    .prefault({})
    .meta({ description: about })

export const apiKeysSection = gateSection(
  true,
  'Let whoever holds an API key do what its permissions say (clientele api-key create).',
  'API keys.',
)

export const basicSection = gateSection(
  false,
  'Let service accounts do what their permissions say, with their name and password (clientele service-account add).',
  'HTTP Basic (RFC 7617).',
)

/** The gates that a `[management]` key may name. */
export const MANAGING_GATES = ['api_key', 'basic', 'bearer', 'mutual_tls'] as const

const openedTo = (what: string, permission: string) =>
  z
    .array(z.enum(MANAGING_GATES))
    .default(['api_key', 'basic', 'bearer'])
    .meta({
      description: `The gates through which an existing registration may be ${what}, besides its registration access token (RFC 7592): the caller’s own ones, and with the permission ${permission} all of them.`,
      allowed: `a list of ${MANAGING_GATES.map((gate) => `"${gate}"`).join(', ')}; [] for the registration access token alone`,
    })

export const managementSection = z
  .strictObject({
    read: openedTo('read', 'oauth-client-get'),
    update: openedTo('updated', 'oauth-client-update'),
    delete: openedTo('deleted', 'oauth-client-delete'),
  })
  .prefault({})
  .meta({
    description: 'Who may manage a registration. Its client secret is shown to nobody but the client.',
  })
