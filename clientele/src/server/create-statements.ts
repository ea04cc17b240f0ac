import type { StatementVerifier } from '../registration/statement-verifier.ts'
import { createStatementVerifier } from '../statements/create-statement-verifier.ts'
import type { Config } from './config-schema.ts'
import { createStatementIssuers, type IssuerDeps } from './create-issuers.ts'
import { createMetadataFields } from './create-metadata-fields.ts'

/** Who proves software statements; undefined where no issuer is trusted, and then they are ignored (RFC 7591 §2.3). */
export function createStatements(config: Config, deps: IssuerDeps): StatementVerifier | undefined {
  const issuers = createStatementIssuers(config, deps)
  if (issuers.length === 0) return undefined
  const { required, longest } = config.software_statements
  return createStatementVerifier({
    issuers,
    isRequired: required,
    longestStatement: longest,
    clock: deps.clock,
    fields: createMetadataFields(config),
  })
}
