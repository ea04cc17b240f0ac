/** The credential of this server's operator: in a file that only its owner can read, compared by hash. */
import { CREDENTIAL_PREFIXES, isCredential, makeCredential } from '../clients/credential.ts'
import { sameHash, sha256 } from '../runtime/cryptography.ts'
import type { DataFolder } from './data-folder.ts'
import { readPrivateFile, replaceFile } from './private-file.ts'
import { StartError } from './start-error.ts'

/** Whether a presented token is the operator's. */
export type IsOperator = (token: string) => boolean

/** Opens the operator token of the folder; the first start makes it. */
export function openOperatorToken(folder: DataFolder): IsOperator {
  let token = readPrivateFile(folder.operatorToken)?.trim()
  if (token === undefined) {
    token = makeCredential(CREDENTIAL_PREFIXES.operatorToken)
    replaceFile(folder.operatorToken, `${token}\n`)
  }
  // An emptied file must not become a password of no characters.
  if (!isCredential(token, CREDENTIAL_PREFIXES.operatorToken)) {
    throw new StartError(
      `${folder.operatorToken} does not hold an operator token. Delete it, and the next start makes a new one.`,
    )
  }
  const hash = sha256(token)
  return (presented) => sameHash(sha256(presented), hash)
}
