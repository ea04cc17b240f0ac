import type { Capabilities } from '../oauth/capabilities.ts'
import type { JsonObject } from '../oauth/json.ts'
import type { OutboundFetch } from '../runtime/outbound-fetch.ts'
import type { Sealer } from '../runtime/sealer.ts'
import type { AdapterDeps } from './adapter.ts'
import type { EnginePages, FindEndUser } from './engine-pages.ts'
import type { EngineSettings } from './settings.ts'

/** What the engine is configured from. */
export interface EngineConfigurationDeps extends AdapterDeps {
  readonly issuer: string
  readonly capabilities: Capabilities
  readonly settings: EngineSettings
  readonly sealer: Sealer
  readonly fetch: OutboundFetch
  readonly pages: EnginePages
  readonly findEndUser: FindEndUser
  /** Private JWKs, the one to sign with first. */
  readonly signingKeys: readonly JsonObject[]
}
