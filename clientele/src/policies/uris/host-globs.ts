import { z } from 'zod'
import { compileGlob } from '../glob.ts'
import type { SectionFault } from '../section.ts'
import { canonicalHost, isAddress } from './canonical-host.ts'
import { registryOf } from './registrable-domain.ts'

const NAMES = /^(?:\*\*\.)?[a-z0-9_*-]+(?:\.[a-z0-9_*-]+)*$/i

/** Hosts in the policy language: `*` is (a part of) one label, a leading `**.` one label or more. Addresses only as they are. */
export const hostGlobSchema = z.string().superRefine((source, issues) => {
  const fault = syntaxFault(source)
  if (fault !== undefined) issues.addIssue({ code: 'custom', message: fault })
})

function syntaxFault(source: string): string | undefined {
  if (source.startsWith('[')) {
    return canonicalHost(source) === undefined ? 'is no IPv6 address in brackets' : undefined
  }
  if (/[^\0-\x7f]/.test(source)) return 'must be written as it is looked up, in punycode (xn--…)'
  if (!NAMES.test(source) || source.replace(/^\*\*\./, '').includes('**')) {
    return 'is no host or glob of hosts: *.example.com, **.example.com, app.example.com'
  }
  return undefined
}

/** Compiles a list of host globs into a test of canonical hosts. */
export function compileHostGlobs(sources: readonly string[]): (host: string | undefined) => boolean {
  const exact = new Set(sources.filter((source) => !source.includes('*')).map(canonicalHost))
  const globs = sources
    .filter((source) => source.includes('*'))
    .map((source) => compileGlob(source.toLowerCase(), '.'))
  return (host) =>
    host !== undefined && (exact.has(host) || (!isAddress(host) && globs.some((glob) => glob.matches(host))))
}

/** Globs that let in whoever buys a name: `*.com`, `*example.com` (which `evilexample.com` is), `*.github.io`. */
export function findHostFaults(sources: readonly string[], path: string): readonly SectionFault[] {
  return sources.flatMap((source): SectionFault[] => {
    if (!source.includes('*')) return []
    const suffix = source.slice(source.lastIndexOf('*') + 1)
    const fixed = suffix.slice(suffix.indexOf('.') + 1).toLowerCase()
    if (!suffix.includes('.')) {
      return [
        {
          severity: 'error',
          path,
          message: `${source} fixes no domain: leave ${path} out to allow every one`,
        },
      ]
    }
    const registry = registryOf(fixed)
    if (registry === undefined) return []
    const message = `${source} takes hosts that anybody can have below ${fixed}; name the domain itself`
    return [{ severity: registry === 'icann' ? 'error' : 'warning', path, message }]
  })
}
