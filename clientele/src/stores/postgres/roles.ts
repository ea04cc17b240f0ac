import type { Query } from './line.ts'
import { ownTable } from './own-table.ts'

/**
 * Database roles that can do less than whoever owns the schema. They are groups that nobody can sign in to: give them to users
 * of yours. `…_registration` is what the registration host needs: rows, and not the tables that they are in.
 * `…_authorization` is what the authorization host needs: it reads clients, and keeps what it issues.
 * `…_registry` reads the view `client_registry` and nothing else, for other authorization servers.
 */
export function rolesSql(schema: string): readonly string[] {
  const [registration, authorization, registry] = roleNames(schema)
  const on = (...tables: string[]) => tables.map((table) => `${schema}.${table}`).join(', ')
  const own = (role: 'registration' | 'authorization') =>
    ['receipts', 'leases', 'attempts'].map((name) => ownTable(name, role))
  const all = 'SELECT, INSERT, UPDATE, DELETE'
  // FOR UPDATE takes the right to update.
  const lock = 'SELECT, UPDATE'
  const credentials = ['initial_access_tokens', 'api_keys', 'service_accounts', 'budgets']
  const people = ['accounts', 'account_emails']
  const both = ['artifacts', 'signing_keys', 'instances']
  return [
    ...roleNames(schema).map((role) => `CREATE ROLE ${role} NOLOGIN`),
    `GRANT USAGE ON SCHEMA ${schema} TO ${roleNames(schema).join(', ')}`,
    `GRANT SELECT ON ${on('migrations', 'client_registry')} TO ${registration}`,
    `GRANT ${all} ON ${on('clients', 'client_terms', ...credentials, ...people, ...both, 'feed', 'cursors', ...own('registration'))} TO ${registration}`,
    `GRANT SELECT, INSERT ON ${on('audit')} TO ${registration}`,
    `GRANT ${lock} ON ${on('locks', 'authorization_locks')} TO ${registration}`,
    `GRANT SELECT ON ${on('migrations', 'clients', 'client_terms', 'client_registry', ...people)} TO ${authorization}`,
    `GRANT ${all} ON ${on(...both, ...own('authorization'))} TO ${authorization}`,
    `GRANT INSERT ON ${on('audit')} TO ${authorization}`,
    // Readers of the feed give positions: whoever could, could put what it likes before what others are waiting for.
    `GRANT INSERT (key, audit_keys, arrived_at) ON ${on('feed')} TO ${authorization}`,
    `GRANT ${lock} ON ${on('authorization_locks')} TO ${authorization}`,
    `GRANT SELECT ON ${on('client_registry')} TO ${registry}`,
  ]
}

/**
 * Makes the roles, or says what is to be run by somebody who may, when this user may not. What is there already is left, and
 * granted what is new.
 */
export async function makeRoles(query: Query, schema: string, step: number): Promise<readonly string[]> {
  // The view is made by the second step.
  if (step < 2) return []
  const find = { name: 'roles_find', text: 'SELECT rolname FROM pg_roles WHERE rolname = ANY($1::text[])' }
  const { rows } = await query<{ rolname: string }>(find, [roleNames(schema)])
  const there = new Set(rows.map(({ rolname }) => `CREATE ROLE ${rolname} NOLOGIN`))
  const refused: string[] = []
  // PostgreSQL says of a role that is there that this user may not make it.
  for (const text of rolesSql(schema).filter((text) => !there.has(text))) {
    try {
      await query(text)
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : ''
      // 42710: the role exists. 23505: somebody else makes it at this moment. XX000: and grants, at this moment.
      if (/^(42710|23505|XX000)$/.test(code)) continue
      // 42501: not allowed to. 42704: there is no such role, because we were not allowed to make it.
      // 0A000, 42601: there are no rights on single columns here (docs/operate/scale.md).
      if (!/^(42501|42704|0A000|42601)$/.test(code)) throw error
      refused.push(text)
    }
  }
  return refused
}

function roleNames(schema: string): readonly [string, string, string] {
  return [`${schema}_registration`, `${schema}_authorization`, `${schema}_registry`]
}
