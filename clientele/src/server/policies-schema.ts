/** The configuration of policies: where they are, and which governs where no other does. */
import { z } from 'zod'

export const policiesSection = z
  .strictObject({
    folder: z.string().min(1).default('./policies').meta({
      description:
        'The folder with policies, each a file NAME.toml as docs/policies.md describes it. They are looked at in the order of their names, after those of this file. The standard folder may be missing.',
      allowed: 'the path of a folder',
    }),
    default: z.string().min(1).max(64).default('default').meta({
      description:
        'The policy that governs a registration where no credential names another and no [when] of another holds.',
      allowed: 'the name of a policy or of a preset',
    }),
    policy: z.array(z.record(z.string(), z.unknown())).max(1000).default([]).meta({
      description:
        'Policies written in this file, each a table [[policies.policy]] with a name. The first whose [when] holds is taken.',
      allowed: 'tables (JSON in the environment) with the keys of docs/reference/policies.md',
    }),
  })
  .prefault({})
  .meta({ description: 'What may be registered.' })
