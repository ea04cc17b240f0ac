import type { Gate } from './gate.ts'

/** Lets anyone register who shows no credentials (RFC 7591 §3: open registration). */
export function openGate(): Gate {
  return {
    name: 'open',
    recognizes: (credentials) => credentials.kind === 'none',
    admit: async () => ({ caller: { gate: 'open' } }),
  }
}
