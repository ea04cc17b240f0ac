import type { EventEmitter } from 'node:events'
import type { KoaContextWithOIDC, Provider } from 'oidc-provider'

const REQUIRED =
  'a DPoP proof is required: this client or this token is bound to a key. Send a DPoP header with a new proof.'
const REPLAYED = 'the DPoP proof was used before. Make a new one, with its own jti, for every request.'

/**
 * Calls a missing or replayed DPoP proof at the token endpoint what RFC 9449 §5 calls it: `invalid_dpop_proof`, so that a
 * client mends the proof. The engine says `invalid_grant`, for which a client throws its refresh token away. A proof by
 * another key than the token's stays `invalid_grant`: no better proof will help.
 */
export function installDpopErrors(provider: Provider): void {
  ;(provider as EventEmitter).on('grant.error', (ctx: KoaContextWithOIDC, error: EngineError) => {
    const words = error.error === 'invalid_grant' ? wordsFor(error.error_detail, ctx.get('dpop')) : undefined
    // The answer is written already and leaves after this.
    if (words !== undefined) ctx.body = { error: 'invalid_dpop_proof', error_description: words }
  })
}

interface EngineError {
  readonly error?: unknown
  /** What the engine keeps for the log: the one place that tells its refusals apart. */
  readonly error_detail?: unknown
}

function wordsFor(detail: unknown, proof: string): string | undefined {
  switch (detail) {
    case 'DPoP proof JWT not provided':
    case 'missing DPoP proof JWT':
      return REQUIRED
    case 'failed jkt verification':
      return proof === '' ? REQUIRED : undefined
    case 'DPoP proof JWT Replay detected':
      return REPLAYED
    default:
      return undefined
  }
}
