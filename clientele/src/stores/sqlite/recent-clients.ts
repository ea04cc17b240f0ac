import type { ClientRecord } from '../../clients/client.ts'

/**
 * The clients that were asked for last, parsed. Every request of a client reads its record, and parsing costs more than
 * finding. It is filled by reads alone, and forgets a client in the operation that changes it: between that operation and
 * its commit nothing reads, so what is in here is what is committed. It relies on this process being the only writer,
 * which the database's lock guarantees.
 */
export interface RecentClients {
  get(id: string): ClientRecord | undefined
  /** Remembers a client that was read from `text`, and freezes it, because many callers share it. */
  remember(text: string): ClientRecord
  forget(id: string): void
}

/** At most so many clients, and so many characters of their records: one record may be large, ten thousand may not. */
export interface RecentClientsLimits {
  readonly clients: number
  readonly characters: number
}

export const RECENT_CLIENTS_LIMITS: RecentClientsLimits = { clients: 10_000, characters: 16 * 1024 * 1024 }

export function createRecentClients(limits: RecentClientsLimits = RECENT_CLIENTS_LIMITS): RecentClients {
  // A Map remembers the order of insertion: the first entry is the one that was not asked for the longest.
  const entries = new Map<string, { readonly client: ClientRecord; readonly characters: number }>()
  let characters = 0

  function forget(id: string): void {
    const entry = entries.get(id)
    if (!entry) return
    entries.delete(id)
    characters -= entry.characters
  }
  return {
    get(id) {
      const entry = entries.get(id)
      if (!entry) return undefined
      entries.delete(id)
      entries.set(id, entry)
      return entry.client
    },
    remember(text) {
      const client = freeze(JSON.parse(text) as ClientRecord)
      forget(client.id)
      entries.set(client.id, { client, characters: text.length })
      characters += text.length
      for (const oldest of entries.keys()) {
        if (entries.size <= limits.clients && characters <= limits.characters) break
        forget(oldest)
      }
      return client
    },
    forget,
  }
}

function freeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value
  for (const member of Object.values(value)) freeze(member)
  return Object.freeze(value)
}
