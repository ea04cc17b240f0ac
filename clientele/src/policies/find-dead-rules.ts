/** Rules of a policy that never act, because `[members]` lets nobody send the member that they are about. */
import type { PolicyFault } from './policy-error.ts'
import type { PolicyValue } from './read-policy.ts'

interface MemberRules {
  readonly required?: boolean | undefined
  readonly default?: unknown
  readonly force?: unknown
}

/** Tables of rules on single members. */
const TABLES = ['member', 'uris', 'lifetimes', 'tokens'] as const
/** Tables about one member that has no default of the standard: nobody else puts it in. */
const MEMBER_TABLES = ['redirect_uris', 'post_logout_redirect_uris'] as const

/** An error where the rule demands what may not be sent: then nobody could register at all. */
export function findDeadRules(policy: PolicyValue): readonly PolicyFault[] {
  const tables = policy as unknown as Readonly<
    Record<string, Readonly<Record<string, MemberRules>> | undefined>
  >
  const isOutside = membersOutside(policy)
  if (isOutside === undefined) return []
  const single = TABLES.flatMap((table) =>
    Object.entries(tables[table] ?? {})
      .filter(([member]) => isOutside(member))
      .flatMap(([member, rules]) => faultsOf([table, member], rules)),
  )
  const whole = MEMBER_TABLES.filter((member) => tables[member] !== undefined && isOutside(member)).map(
    (member) => warning([member], member),
  )
  const { required } = (tables.software ?? {}) as MemberRules
  const software = ['software_id', 'software_version'].filter(
    (member) => required === true && isOutside(member),
  )
  const patterns = [
    ['id_pattern', 'software_id'],
    ['version_pattern', 'software_version'],
  ].filter(
    ([key, member]) => (tables.software as Patterns | undefined)?.[key!] !== undefined && isOutside(member!),
  )
  return [
    ...single,
    ...whole,
    ...patterns.map(([key, member]) => warning(['software', key!], member!)),
    ...namesOutside(policy, isOutside),
    ...software.map((member) => contradiction(['software', 'required'], member)),
  ]
}

type Patterns = Readonly<Record<string, unknown>>

/** `[names]` without a member that it could be about. */
function namesOutside(policy: PolicyValue, isOutside: (member: string) => boolean): readonly PolicyFault[] {
  const { names } = policy as { readonly names?: { readonly members?: readonly string[] } }
  if (names === undefined) return []
  const { members } = names
  if (members !== undefined)
    return members.filter(isOutside).map((member) => warning(['names', 'members'], member))
  return STANDARD_NAMES.every(isOutside) ? [warning(['names'], STANDARD_NAMES.join(' or '))] : []
}

const STANDARD_NAMES = ['client_name', 'organization_name']

/** Whether `[members]` keeps a member out; undefined where it keeps nothing out. */
export function membersOutside(policy: PolicyValue): ((member: string) => boolean) | undefined {
  const { members } = policy as { members?: { allow?: readonly string[]; deny?: readonly string[] } }
  if (members?.allow === undefined && members?.deny === undefined) return undefined
  const { allow, deny = [] } = members
  return (member) => {
    const plain = member.split('#')[0]!
    return deny.includes(plain) || (allow !== undefined && !allow.includes(plain))
  }
}

function faultsOf(path: readonly string[], rules: MemberRules | undefined): readonly PolicyFault[] {
  const member = path.at(-1)!
  // What the policy itself puts in is there whatever the client may send.
  if (rules?.default !== undefined || rules?.force !== undefined) return []
  return rules?.required === true ? [contradiction([...path, 'required'], member)] : [warning(path, member)]
}

function contradiction(path: readonly string[], member: string): PolicyFault {
  const message = `demands ${member}, which [members] lets nobody send: no registration could ever pass`
  return { severity: 'error', path, message }
}

function warning(path: readonly string[], member: string): PolicyFault {
  return { severity: 'warning', path, message: `never acts: [members] lets nobody send ${member}` }
}
