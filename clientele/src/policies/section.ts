import type { z } from 'zod'
import type { Capabilities } from '../oauth/capabilities.ts'
import type { ClientMetadata, CompleteMetadata } from '../oauth/client-metadata.ts'
import type { MetadataField } from '../oauth/metadata-fields.ts'
import type { CredentialTerms, Facts, NamedBudget, Rule } from './policy.ts'

/**
 * One table of the policy language: what an operator may write there, and the rules that it becomes. `sections.ts` lists
 * them all, in the order in which their rules act. One file each in `rules/`.
 */
export interface Section<Value = unknown> {
  /** The table's name: `redirect_uris`. */
  readonly key: string
  /** What may stand there; every key with `.meta({ description, allowed })`, from which the reference is generated. */
  readonly schema: z.ZodType<Value>
  /** What stands there where a policy has no such table: its rules act in every policy. Absent: then there are none. */
  readonly standing?: unknown
  compile(value: Value, context: CompileContext): CompiledSection
  /**
   * What can be seen to be wrong without a request: a pattern that nothing can match, rules that contradict each other, rules
   * that never act. For `policy check`; `error` also stops the start.
   */
  findFaults?(value: Value, context: CompileContext): readonly SectionFault[]
}

/** What a section may know of the server that it is compiled for. */
export interface CompileContext {
  readonly policy: string
  readonly capabilities: Capabilities
  /** The members that there are: the standard's and the operator's own. */
  readonly fields: ReadonlyMap<string, MetadataField>
}

/** The rules of one section. */
export interface CompiledSection {
  readonly asked?: readonly Rule<ClientMetadata>[]
  readonly granted?: readonly Rule<CompleteMetadata>[]
  readonly credentials?: Partial<CredentialTerms>
  readonly budgets?: (metadata: CompleteMetadata, facts: Facts) => readonly NamedBudget[]
}

export interface SectionFault {
  readonly severity: 'error' | 'warning'
  /** Where, below the section: `hosts`, `client_name.pattern`. */
  readonly path: string
  readonly message: string
}

/** Why a section cannot be compiled, and where below it; `compile` throws it, or an `Error` that is about the whole. */
export class SectionError extends Error {
  readonly path: readonly (string | number)[]

  constructor(path: readonly (string | number)[], message: string) {
    super(message)
    this.name = 'SectionError'
    this.path = path
  }
}

/**
 * Declares a section, and keeps what its schema takes, from which the type of a policy in a program is made. The name and
 * the schema are written once, the value of the rest follows from them.
 */
export function defineSection<const Key extends string, Schema extends z.ZodType>(
  section: Omit<Section<z.output<Schema>>, 'key' | 'schema' | 'standing'> & {
    readonly key: Key
    readonly schema: Schema
    readonly standing?: z.output<Schema>
  },
): Section<z.output<Schema>> & { readonly key: Key; readonly schema: Schema } {
  return section as never
}
