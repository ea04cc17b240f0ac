/** What the operator's `[mutual_tls]` makes of client certificates: a gate, a condition on every request, or both. */
import type { Gate } from '../gates/gate.ts'
import { type CertificateRule, createCertificateCheck, mutualTlsGate } from '../gates/mutual-tls.ts'
import type { RegistrationDeps } from '../registration/deps.ts'
import type { Clock } from '../runtime/clock.ts'
import type { Config } from './config-schema.ts'

/** The gate, where certificates admit by themselves. */
export function createMutualTlsGates(config: Config, clock: Clock): readonly Gate[] {
  return config.mutual_tls.enabled ? [mutualTlsGate({ rule: ruleOf(config), clock })] : []
}

/** The check of every request, where a certificate is needed beside other credentials. */
export function createRequestCheck(
  config: Config,
  clock: Clock,
): Pick<RegistrationDeps, 'checkEveryRequest'> {
  if (!config.mutual_tls.required) return {}
  const check = createCertificateCheck(ruleOf(config), clock)
  return { checkEveryRequest: (presented) => void check(presented) }
}

function ruleOf({ mutual_tls }: Config): CertificateRule {
  return {
    subjects: mutual_tls.subjects,
    subjectAltNames: mutual_tls.subject_alt_names,
    thumbprints: mutual_tls.thumbprints,
    issuers: mutual_tls.issuers,
  }
}
