import type { Query } from './line.ts'

/**
 * Database roles that can do less than the registration host. They are groups that nobody can sign in to: give them to users
 * of yours. `…_authorization` is what the authorization host needs: it reads clients, and keeps what it issues.
 * `…_registry` reads the view `client_registry` and nothing else, for other authorization servers.
 */
export function rolesSql(schema: string): readonly string[] {
  const authorization = `${schema}_authorization`
  const registry = `${schema}_registry`
  const on = (tables: readonly string[]) => tables.map((table) => `${schema}.${table}`).join(', ')
  return [
    `CREATE ROLE ${authorization} NOLOGIN`,
    `CREATE ROLE ${registry} NOLOGIN`,
    `GRANT USAGE ON SCHEMA ${schema} TO ${authorization}, ${registry}`,
    `GRANT SELECT ON ${on(['migrations', 'clients', 'client_terms', 'client_registry', 'accounts', 'account_emails'])} TO ${authorization}`,
    `GRANT SELECT, INSERT ON ${on(['audit', 'feed'])} TO ${authorization}`,
    `GRANT SELECT, INSERT, UPDATE, DELETE ON ${on(['artifacts', 'signing_keys', 'locks', 'receipts', 'instances', 'leases', 'attempts'])} TO ${authorization}`,
    `GRANT SELECT ON ${on(['client_registry'])} TO ${registry}`,
  ]
}

/**
 * Makes the roles, or says what is to be run by somebody who may, when this user may not. What is there already is left, and
 * granted what is new.
 */
export async function makeRoles(query: Query, schema: string, step: number): Promise<readonly string[]> {
  // The view is made by the second step.
  if (step < 2) return []
  const refused: string[] = []
  for (const text of rolesSql(schema)) {
    try {
      await query(text)
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : ''
      // 42710: the role exists. 23505: somebody else makes it at this moment. XX000: and grants, at this moment.
      if (/^(42710|23505|XX000)$/.test(code)) continue
      // 42501: not allowed to. 42704: there is no such role, because we were not allowed to make it.
      if (!/^(42501|42704)$/.test(code)) throw error
      refused.push(text)
    }
  }
  return refused
}
