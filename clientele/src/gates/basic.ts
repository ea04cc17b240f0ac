import { OAuthError } from '../oauth/errors.ts'
import type { Clock } from '../runtime/clock.ts'
import type { ServiceAccountStore } from '../stores/store.ts'
import { readBasicCredentials } from './basic-credentials.ts'
import { checkPermissions } from './check-permissions.ts'
import type { Gate } from './gate.ts'
import { createLastUse } from './last-use.ts'
import { rememberPasswords, type VerifyPassword } from './remembered-passwords.ts'

const GATE = { name: 'basic', challenge: 'Basic' } as const

/**
 * Admits a service account of the operator that shows its name and password (RFC 7617). `verifyPassword` is argon2id, off
 * the event loop and bounded. An unknown name costs as much as a wrong password, and reads the same.
 */
export function basicGate(
  store: Pick<ServiceAccountStore, 'findServiceAccount' | 'noteServiceAccountUse'>,
  verifyPassword: VerifyPassword,
  clock: Clock,
): Gate {
  const isPassword = rememberPasswords(verifyPassword, clock)
  const lastUse = createLastUse((name, at) => store.noteServiceAccountUse(name, at), clock)
  return {
    ...GATE,
    isGuessable: true,
    recognizes: ({ credentials }) => credentials.kind === 'other' && credentials.scheme === 'basic',
    async admit({ credentials, operation }) {
      const shown = readBasicCredentials(credentials)
      if (!shown) throw refused('malformed')
      const record = await store.findServiceAccount(shown.name)
      const matches = await isPassword(shown.password, record?.passwordHash)
      if (!record) throw refused('unknown')
      if (!matches) throw refused('wrong_password')
      checkPermissions(record.permissions, operation, GATE)
      lastUse.note(record.name)
      const { name, owner, permissions } = record
      return { caller: { gate: GATE.name, id: name, owner }, permissions }
    },
  }
}

/** The reason goes to the log; the caller, who might be guessing, reads one sentence for all of them. */
function refused(reason: 'malformed' | 'unknown' | 'wrong_password'): OAuthError {
  return new OAuthError('invalid_token', `basic.${reason}`, 'The name or the password is not valid.', {
    challenges: ['Basic'],
  })
}
