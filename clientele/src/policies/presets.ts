import type { PolicyDefinition } from './policy-definition.ts'
import { airlockLike } from './presets/airlock-like.ts'
import { defaultPolicy } from './presets/default.ts'
import { fapi2 } from './presets/fapi2.ts'
import { machine } from './presets/machine.ts'
import { mcp } from './presets/mcp.ts'
import { mobileInstall } from './presets/mobile-install.ts'
import { nativePublic } from './presets/native-public.ts'
import { webConfidential } from './presets/web-confidential.ts'

const SHIPPED: readonly PolicyDefinition[] = [
  defaultPolicy,
  machine,
  webConfidential,
  nativePublic,
  mobileInstall,
  mcp,
  fapi2,
  airlockLike,
]

/** The policies that come with the server, by name: data like any other policy, to be named, extended or replaced. */
export const PRESETS: ReadonlyMap<string, PolicyDefinition> = new Map(
  SHIPPED.map((preset) => [preset.name!, preset]),
)
