/** What a process of this database does: as `server.role`. */
export type HostRole = 'both' | 'registration' | 'authorization'

/**
 * The name of a table in which processes keep what is theirs and no part of the registry: receipts, leases, counts of failed
 * attempts. Authorization hosts have their own, so that their database user can take no receipt, lease or count from those who
 * register.
 */
export function ownTable(name: string, role: HostRole): string {
  return role === 'authorization' ? `authorization_${name}` : name
}
