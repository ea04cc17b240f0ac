import { listAll } from '../list-all.ts'
import type { OperatorOptions } from '../operator-api.ts'

const TOKENS = {
  path: '/admin/v1/initial-access-tokens',
  name: 'initial_access_tokens',
  columns: ['id', 'state', 'uses_left', 'expires_at', 'last_used_at', 'owner', 'label'],
  none: 'There are no initial access tokens.',
}

/** `clientele initial-access-token list` */
export function listInitialAccessTokensCommand(options: OperatorOptions): Promise<void> {
  return listAll(TOKENS, options)
}
