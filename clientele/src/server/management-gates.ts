/** What the operator's `[management]` makes of gates: each is asked only for the operations that it was opened for. */
import type { Gate, Operation } from '../gates/gate.ts'
import type { Config } from './config-schema.ts'

/** What a gate is asked for: registering, and the management operations that name it. */
export function operationsOf({ management }: Pick<Config, 'management'>, gate: string): readonly Operation[] {
  const managing = (['read', 'update', 'delete'] as const).filter((operation) =>
    management[operation].some((name) => name === gate),
  )
  return ['register', ...managing]
}

/** The gate within its bounds. Where it is not asked, its credentials are ones that nobody knows. */
export function withinManagement(gate: Gate, config: Pick<Config, 'management'>): Gate {
  const operations = operationsOf(config, gate.name)
  return {
    ...gate,
    recognizes: (presented) => operations.includes(presented.operation) && gate.recognizes(presented),
  }
}
