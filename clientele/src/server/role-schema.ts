/** The configuration keys of the two hosts: which of them this server is, and where the one that registers is. */
import { z } from 'zod'

/** Keys of `[server]`. The other host's address is `server.issuer`, which both are told. */
export const roleKeys = {
  role: z.enum(['both', 'registration', 'authorization']).default('both').meta({
    description:
      'What this server does: register clients, let them in (sign-in, tokens), or both. With "authorization" nothing here can register or change a client, and its database user needs the right to read clients only. Read docs/operate/two-hosts.md first.',
    allowed: '"both", "registration" or "authorization"',
  }),
  registration_url: z.string().min(1).optional().meta({
    description:
      'The public address of the host that registers clients, where it is not the issuer: the metadata announces <registration_url>/register, and clients manage their registration below it. Default: the issuer.',
    allowed: 'an https address without query, fragment or closing slash; http only on a loopback address',
    example: 'https://register.example.com',
  }),
}
