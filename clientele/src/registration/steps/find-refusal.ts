import type { CompleteMetadata } from '../../oauth/client-metadata.ts'
import { metadataError, OAuthError, type Problem } from '../../oauth/errors.ts'
import type { Judgement } from './judge-by-policy.ts'

/** A refusal as a value: an `OAuthError` has it all. */
export interface Refused extends RefusedInWords {
  readonly problems: readonly Problem[]
}

export interface RefusedInWords {
  readonly code: string
  readonly reason: string
  readonly message: string
}

/** As it may stand beside the problems in an answer. */
export function withoutProblems({ code, reason, message }: Refused): RefusedInWords {
  return { code, reason, message }
}

/**
 * Why a judgement would not lead to a client: the policy's denial, else every problem of the request, else what the
 * authorization server says to such a client; undefined where nothing stands in the way.
 */
export async function findRefusal(
  { denial, problems, draft }: Judgement,
  { checkServable }: { readonly checkServable: (metadata: CompleteMetadata) => Promise<void> | void },
): Promise<OAuthError | undefined> {
  if (denial !== undefined) return denial
  if (problems.length > 0) return metadataError(problems)
  try {
    await checkServable(draft.metadata)
    return undefined
  } catch (error) {
    if (error instanceof OAuthError) return error
    throw error
  }
}
