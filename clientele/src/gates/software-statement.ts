import type { Gate } from './gate.ts'

/**
 * Admits without credentials, under the proviso that a software statement of a trusted issuer vouches for the client
 * (RFC 7591 §2.3): the signature is the credential. It is proved where statements are, when the body has been read.
 */
export function softwareStatementGate(): Gate {
  return {
    name: 'software_statement',
    recognizes: ({ credentials, operation }) => operation === 'register' && credentials.kind === 'none',
    admit: async () => ({
      caller: { gate: 'software_statement' },
      permissions: [],
      proviso: 'software_statement',
    }),
  }
}
