/** What the operator lets issuers of software statements say, held against the members that there are. */
import type { MetadataField } from '../oauth/metadata-fields.ts'
import type { ConfigProblem } from './config-error.ts'
import type { Config } from './config-schema.ts'
import type { TomlPath } from './toml-lines.ts'

/** A misspelled member would be waited for in vain, or never be taken over. */
export function findStatementMemberFaults(
  { software_statements: { issuers } }: Config,
  fields: ReadonlyMap<string, MetadataField>,
  whereIs: (path: TomlPath) => string,
): readonly ConfigProblem[] {
  return issuers.flatMap(({ claims, members = [], required_members: required }, index) => {
    const named: readonly (readonly [TomlPath, string])[] = [
      ...Object.entries(claims).map(([claim, member]) => [['claims', claim], member] as const),
      ...members.map((member, at) => [['members', at], member] as const),
      ...required.map((member, at) => [['required_members', at], member] as const),
    ]
    return named
      .filter(([, member]) => !fields.has(member))
      .map(([path, member]) => ({
        path: 'software_statements.issuers',
        where: whereIs([index, ...path]),
        wrong: `is wrong at [${index}]${path.map(renderPart).join('')}: names no member of client metadata`,
        found: JSON.stringify(member),
        allowed: 'the members of docs/reference/client-metadata.md and of [[registration.custom_members]]',
      }))
  })
}

function renderPart(part: string | number): string {
  return typeof part === 'number' ? `[${part}]` : `.${part}`
}
