/** The front desk that the programs beside this file put into their servers. */
import { randomBytes } from 'node:crypto'
import { createRegistrar } from 'clientele'
import { openGate } from 'clientele/gates'
import { createMemoryStore } from 'clientele/stores/memory'

export const registrar = createRegistrar({
  issuer: 'https://id.example.com',
  registrationEndpoint: '/connect/dcr',
  // Forgets everything when the program ends; `clientele/stores/sqlite` and `clientele/stores/postgres` do not.
  store: createMemoryStore(),
  // Everybody may register; `clientele/gates` has stricter ones.
  gates: [openGate()],
  // In earnest: 32 bytes that are kept with your secrets, the same at every start.
  sealingKey: randomBytes(32),
  capabilities: { scopes: ['notes.read', 'notes.write'], defaultScopes: ['notes.read'] },
  onEvent: ({ action, subject }) => console.log(action, subject),
})
