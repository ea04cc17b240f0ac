/** Where the registry is kept: the configuration's section `storage`. */
import { z } from 'zod'

export const storageSection = z
  .strictObject({
    url: z.string().min(1).optional().meta({
      description:
        'The PostgreSQL database that holds the registry, for several servers that share it. Best set as CLIENTELE_STORAGE__URL, because it may have a password. All servers need one sealing key (server.sealing_key_file). Default: SQLite, one file in the data folder, for one server.',
      allowed:
        'a postgres:// or postgresql:// address, with sslmode=verify-full where a network lies between',
      example: 'postgres://clientele@db.example.com/clientele?sslmode=verify-full',
    }),
    schema: z
      .string()
      .regex(/^(?!pg_)[a-z_][a-z0-9_]{0,40}$/)
      .default('clientele')
      .meta({
        description:
          'The schema within the PostgreSQL database that holds everything; made when it is missing.',
        allowed:
          'lower-case letters, digits and underscores, at most 41; not beginning with pg_, and no word that SQL has reserved',
      }),
  })
  .prefault({})
  .meta({ description: 'Where the registry is kept.' })

/** What is wrong with the address of a database, in words that do not repeat it: it may have a password. */
export function findStorageUrlFault(url: string): string | undefined {
  if (!URL.canParse(url)) return 'is not an address'
  const { protocol, pathname } = new URL(url)
  if (protocol !== 'postgres:' && protocol !== 'postgresql:') return 'does not begin with postgres://'
  return pathname.length > 1 ? undefined : 'does not name a database'
}
