import type { Gate } from './gate.ts'

/**
 * Lets anyone register who shows no credentials (RFC 7591 §3: open registration). `publicOnly`: public clients alone; a
 * client with a secret or keys of its own then needs another gate.
 */
export function openGate({ publicOnly = false }: { readonly publicOnly?: boolean } = {}): Gate {
  const name = publicOnly ? 'open_public' : 'open'
  return {
    name,
    recognizes: ({ credentials, operation }) => operation === 'register' && credentials.kind === 'none',
    admit: async () => ({
      caller: { gate: name },
      permissions: [],
      ...(publicOnly ? { proviso: 'public_client' } : {}),
    }),
  }
}
