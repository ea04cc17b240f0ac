/** The two hosts that a server can be, in one or apart: the one that registers clients, and the one that lets them in. */
import type { Config } from './config-schema.ts'

export interface Hosts {
  /** The public address of the authorization server: its issuer identifier, the same on both hosts. */
  readonly issuer: string
  /** The public address below which clients are registered and manage their registration. */
  readonly registrationUrl: string
  /** Whether this server registers clients. */
  readonly registers: boolean
  /** Whether this server signs people in and issues tokens. */
  readonly authorizes: boolean
}

export function createHosts({ server }: Pick<Config, 'server'>, issuer: string): Hosts {
  return {
    issuer,
    registrationUrl: server.registration_url ?? issuer,
    registers: server.role !== 'authorization',
    authorizes: server.role !== 'registration',
  }
}

interface Fault {
  readonly path: string
  readonly wrong: string
}

/** What a server that is one of the two hosts must be told, and was not. */
export function findRoleFault({ server, storage, registration }: Config): Fault | undefined {
  const { role } = server
  if (role === 'both') return undefined
  if (storage.url === undefined) {
    return {
      path: 'server.role',
      wrong: `is "${role}", and two hosts need a database that both can use: set storage.url. A SQLite database is one file for one server`,
    }
  }
  // Both have defaults that are right for one server alone: here each host would announce an address of its own.
  if (server.issuer === undefined) return missing('server.issuer', 'the authorization host')
  if (server.registration_url === undefined)
    return missing('server.registration_url', 'the registration host')
  if (role === 'registration' && !registration.enabled)
    return {
      path: 'registration.enabled',
      wrong: 'is false, and server.role is "registration": nothing is left to do',
    }
  return undefined
}

function missing(path: string, host: string): Fault {
  return {
    path,
    wrong: `is missing: with server.role each host tells clients where the other one is, and this is the address of ${host}`,
  }
}
