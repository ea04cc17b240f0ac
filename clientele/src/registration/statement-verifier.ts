import type { Vouched } from '../clients/client.ts'
import type { ReplayMark } from '../stores/store.ts'

/** Who knows the issuers of software statements that the operator trusts (RFC 7591 §2.3). */
export interface StatementVerifier {
  /** Whether nobody registers without a statement, whatever gate they came through. */
  readonly isRequired: boolean
  /**
   * What the statement says, once it is proved to come from a trusted issuer and to be approved here. Throws `OAuthError`
   * with `invalid_software_statement` or `unapproved_software_statement`, and with `temporarily_unavailable` when the
   * issuer's keys cannot be had: a statement that cannot be checked is not taken.
   */
  verify(statement: string): Promise<Vouched>
  /** What remembers that a proved statement was used, where those of its issuer count once. */
  replayMark(statement: Vouched): ReplayMark | undefined
}
