import type { Gate, Operation, Presented } from '../gates/gate.ts'
import type { Credentials } from '../oauth/authorization-header.ts'
import { OAuthError } from '../oauth/errors.ts'
import type { TestFunctions } from './test-functions.ts'

/** A gate with requests of every kind, for the contract below. */
export interface GateCase {
  readonly gate: Gate
  /** Whom it admits: the caller and the permissions that follow. */
  readonly good: readonly {
    readonly presented: Presented
    readonly caller: { readonly id?: string; readonly owner?: string }
    readonly permissions?: readonly string[]
  }[]
  /** Credentials of the gate's own form that are bad, with the reason that the log tells them apart by. */
  readonly bad: readonly { readonly presented: Presented; readonly reason: string }[]
  /** Good credentials that are too small for what they are shown for. */
  readonly small: readonly { readonly presented: Presented; readonly reason: string }[]
  /** What is another gate's to judge. */
  readonly foreign: readonly Presented[]
  /** What must stand in no error: tokens, passwords, hashes. */
  readonly secrets: readonly string[]
}

/** A request as a gate sees it. */
export function presentedWith(credentials: Credentials, operation: Operation = 'register'): Presented {
  return { operation, credentials, address: '192.0.2.1' }
}

/** The bearer token as credentials. */
export function bearer(token: string): Credentials {
  return { kind: 'bearer', token }
}

/** A name and password as credentials (RFC 7617). */
export function basic(name: string, password: string): Credentials {
  const value = Buffer.from(`${name}:${password}`).toString('base64')
  return { kind: 'other', scheme: 'basic', value }
}

/**
 * The contract of `gates/gate.ts` as a test suite.
 *
 *     describeGate('my gate', async () => makeCase(), { describe, it, expect })
 */
export function describeGate(name: string, make: () => Promise<GateCase>, functions: TestFunctions): void {
  const { describe, it, expect } = functions

  async function refusal(gate: Gate, presented: Presented): Promise<OAuthError> {
    expect(gate.recognizes(presented)).toBe(true)
    const error = await gate.admit(presented).then(
      () => undefined,
      (thrown: unknown) => thrown,
    )
    expect(error instanceof OAuthError).toBe(true)
    return error as OAuthError
  }

  describe(`${name} keeps the gate contract`, () => {
    it('admits who shows good credentials, as the right caller with the right permissions', async () => {
      const { gate, good } = await make()
      expect(good.length > 0).toBe(true)
      for (const { presented, caller, permissions = [] } of good) {
        expect(gate.recognizes(presented)).toBe(true)
        const admission = await gate.admit(presented)
        const { gate: through, id, owner } = admission.caller
        expect({ through, id, owner }).toStrictEqual({
          through: gate.name,
          id: caller.id,
          owner: caller.owner,
        })
        expect(admission.permissions).toStrictEqual(permissions)
      }
    })

    it('refuses bad credentials of its own form itself, all alike but for the reason in the log', async () => {
      const { gate, bad } = await make()
      const seen = new Set<string>()
      for (const { presented, reason } of bad) {
        const error = await refusal(gate, presented)
        expect(error.reason).toBe(reason)
        // 401 has to say how to ask again (RFC 9110 §15.5.2), which a gate without a challenge cannot.
        const [code, status] = gate.challenge === undefined ? ['access_denied', 403] : ['invalid_token', 401]
        expect([error.code, error.status]).toStrictEqual([code, status])
        if (gate.challenge !== undefined) expect(error.challenges).toStrictEqual([gate.challenge])
        seen.add(JSON.stringify([error.message, error.problems, error.scope]))
      }
      expect(seen.size <= 1).toBe(true)
    })

    it('refuses good credentials that are too small with insufficient_scope (RFC 6750 §3.1)', async () => {
      const { gate, small } = await make()
      for (const { presented, reason } of small) {
        const error = await refusal(gate, presented)
        expect([error.code, error.status, error.reason]).toStrictEqual(['insufficient_scope', 403, reason])
      }
    })

    it('leaves credentials of other forms to other gates', async () => {
      const { gate, foreign } = await make()
      for (const presented of foreign) expect(gate.recognizes(presented)).toBe(false)
    })

    it('says no secret in an error, nor keeps one in what it hands on', async () => {
      const { gate, good, bad, small, secrets } = await make()
      const texts: string[] = []
      for (const { presented } of [...bad, ...small]) {
        const { message, reason, problems, cause } = await refusal(gate, presented)
        texts.push(JSON.stringify([message, reason, problems, `${cause}`]))
      }
      for (const { presented } of good) texts.push(JSON.stringify(await gate.admit(presented)))
      for (const text of texts) {
        for (const secret of secrets) expect(text.includes(secret)).toBe(false)
      }
    })

    it('gives the same answer to the same request again', async () => {
      const { gate, good, bad } = await make()
      for (const { presented } of good) {
        expect(await gate.admit(presented)).toStrictEqual(await gate.admit(presented))
      }
      for (const { presented } of bad) {
        const [first, second] = [await refusal(gate, presented), await refusal(gate, presented)]
        expect(first.reason).toBe(second.reason)
      }
    })
  })
}
