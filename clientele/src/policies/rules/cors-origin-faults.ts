import { isOrigin } from '../../oauth/origin.ts'
import type { SectionFault } from '../section.ts'
import { findHostFaults, hostGlobSchema } from '../uris/host-globs.ts'

const PATH = 'allowed_cors_origins.allowed'
const GLOB = /^([a-z][a-z0-9+.-]*):\/\/([^/?#@:]+)(?::\d{1,5})?$/

/** Globs of origins that match nothing a browser sends, or what anybody can have: an origin is let read answers (RFC 6454 §6.2). */
export function findCorsOriginFaults(allowed: readonly string[]): readonly SectionFault[] {
  return allowed.flatMap((source): readonly SectionFault[] => {
    if (isOrigin(source)) return []
    const [, scheme, host = ''] = GLOB.exec(source) ?? []
    if (scheme === undefined || !host.includes('*') || !hostGlobSchema.safeParse(host).success) {
      const message = `${source} is no origin or glob of origins: https://app.example.com, https://*.example.com, http://localhost:3000`
      return [{ severity: 'error', path: PATH, message }]
    }
    return findHostFaults([host], PATH)
  })
}
