import type { PolicyTexts } from '../admin/policy-texts.ts'
import type { Config } from './config-schema.ts'
import { createPolicyContext } from './load-policies.ts'
import { readPolicies } from './policy-files.ts'
import { createPolicyTexts } from './policy-texts.ts'

/** Reads policies where no server runs, beside those of the configuration that one would start with. */
export function createLocalPolicyTexts(config: Config): PolicyTexts {
  const written = readPolicies(config, () => 'configuration')
  const context = createPolicyContext(config, written)
  return createPolicyTexts({ context, inline: config.policies.policy.length })
}
