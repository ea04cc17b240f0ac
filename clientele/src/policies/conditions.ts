/** `[when]`: what a request must be for a policy, or for a denial, to count. Everything that is given must hold. */
import { z } from 'zod'
import { passesClaimTest } from '../clients/claim-test.ts'
import { actorOf } from '../clients/client.ts'
import { CALLING_PERMISSIONS } from '../clients/permission.ts'
import { parseNetwork } from '../runtime/network.ts'
import { compileGlob } from './glob.ts'
import type { Situation } from './policy.ts'

const text = z.string().min(1)
const texts = z.array(text).min(1)
const network = text.refine((written) => parseNetwork(written) !== undefined, {
  message: 'must be an IP address or a network',
})
const value = z.union([z.string(), z.number(), z.boolean()])
const claimTest = z.union([
  z.strictObject({ claim: text, equals: value }),
  z.strictObject({ claim: text, contains: value }),
])

const GLOBS = 'a list of texts, in which * stands for any characters; one that matches is enough'

/** The keys of `[when]`, for tables that have these conditions and more. */
export const CONDITION_KEYS = {
  gates: texts.optional().meta({
    description: 'The gate that admitted the caller.',
    allowed:
      'a list of gates: "initial_access_token", "api_key", "basic", "bearer", "mutual_tls", "software_statement", "open", "open_public", or a name of the host application; one is enough',
  }),
  callers: texts.optional().meta({
    description:
      'The caller, as the audit trail names it: the gate, a colon and the id of the credential or the name of the account.',
    allowed: GLOBS,
    example: ['api_key:0rv7*'],
  }),
  permissions: z
    .array(z.enum(CALLING_PERMISSIONS))
    .min(1)
    .optional()
    .meta({
      description: 'What the caller is permitted to do.',
      allowed: `a list of permissions: ${CALLING_PERMISSIONS.join(', ')}; one is enough`,
    }),
  claims: z.array(claimTest).min(1).optional().meta({
    description: "Claims of the caller's access token, as in bearer.issuers.required_claims.",
    allowed: 'a list of tables with claim, and equals or contains; all of them must hold',
  }),
  certificate_subjects: texts.optional().meta({
    description: "The subject of the caller's client certificate, as RFC 4514 writes it.",
    allowed: GLOBS,
    example: ['*O=Example*'],
  }),
  software_ids: texts.optional().meta({
    description: 'The software_id of a software statement that was proved (RFC 7591 §2.3).',
    allowed: GLOBS,
  }),
  claimed_software_ids: texts.optional().meta({
    description:
      'The software_id that the client itself sends. Nobody vouches for it: good for telling apart, not for trusting.',
    allowed: GLOBS,
  }),
  statement_issuers: texts.optional().meta({
    description: 'The issuer of the software statement that vouches for the client.',
    allowed: 'a list of issuers, character by character; one is enough',
  }),
  networks: z.array(network).min(1).optional().meta({
    description: 'Where the request comes from.',
    allowed: 'a list of IP addresses and networks (10.0.0.0/8); one is enough',
  }),
}

/** What may stand in `[when]`. */
export const conditionsSchema = z.strictObject(CONDITION_KEYS)

export type Conditions = z.output<typeof conditionsSchema>

type Test = (situation: Situation) => boolean

/** Compiles conditions into one test. */
export function appliesTo(when: Conditions): Test {
  const tests = Object.entries(TESTS).flatMap(([key, compile]) => {
    const written = when[key as keyof Conditions]
    return written === undefined ? [] : [compile(written as never)]
  })
  return (situation) => tests.every((test) => test(situation))
}

const TESTS: { readonly [Key in keyof Conditions]-?: (written: NonNullable<Conditions[Key]>) => Test } = {
  gates:
    (gates) =>
    ({ caller }) =>
      gates.includes(caller.gate),
  callers: (callers) => {
    const matches = anyGlob(callers)
    return ({ caller }) => matches(actorOf(caller))
  },
  permissions:
    (permissions) =>
    ({ permissions: given }) =>
      permissions.some((permission) => given.includes(permission)),
  claims:
    (claims) =>
    ({ caller }) =>
      claims.every((test) => passesClaimTest(caller.claims ?? {}, test)),
  certificate_subjects: (subjects) => {
    const matches = anyGlob(subjects)
    return ({ caller }) => matches(caller.certificate?.subject)
  },
  software_ids: (ids) => {
    const matches = anyGlob(ids)
    return ({ vouched }) => matches(vouched?.metadata.software_id)
  },
  claimed_software_ids: (ids) => {
    const matches = anyGlob(ids)
    return ({ claimed }) => matches(claimed.software_id)
  },
  statement_issuers:
    (issuers) =>
    ({ vouched }) =>
      vouched !== undefined && issuers.includes(vouched.issuer),
  networks: (networks) => {
    const tests = networks.flatMap((written) => parseNetwork(written) ?? [])
    return ({ address }) => tests.some((test) => test(address))
  },
}

/** What is not there matches nothing, `*` included. */
function anyGlob(sources: readonly string[]): (text: string | undefined) => boolean {
  const globs = sources.map((source) => compileGlob(source))
  return (text) => text !== undefined && globs.some((glob) => glob.matches(text))
}
