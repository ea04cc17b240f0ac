import { type ConnectedClient, ConnectorRefusal } from './connector.ts'

/** Members by which a client binds itself to more than a plain server does, and the values that ask for nothing. */
export type Bindings = Readonly<Record<string, readonly unknown[]>>

/**
 * Throws `ConnectorRefusal` for a client that another server would serve as something weaker than what is registered: one that
 * has a member of `bindings` with another value than those, or whose secret expires, which neither server obeys that we know.
 */
export function checkMirrorable(
  { metadata, clientSecretExpiresAt }: ConnectedClient,
  bindings: Bindings,
): void {
  for (const [member, harmless] of Object.entries(bindings)) {
    const value = metadata[member]
    if (value !== undefined && !harmless.includes(value))
      throw new ConnectorRefusal(`${member} is not something that the other server enforces`)
  }
  if (clientSecretExpiresAt !== 0)
    throw new ConnectorRefusal('its client secret expires, which the other server would not notice')
}

/** Throws `ConnectorRefusal` when one of `values` is not among those that the other server knows. */
export function checkKnown(member: string, values: readonly string[], known: readonly string[]): void {
  const stranger = values.find((value) => !known.includes(value))
  if (stranger !== undefined)
    throw new ConnectorRefusal(`${member} has ${stranger}, which the other server does not offer`)
}

/** A wildcard there that is a character here would allow addresses that nobody registered. */
export function checkNoWildcards(member: string, uris: readonly string[]): void {
  if (uris.some((uri) => uri.includes('*')))
    throw new ConnectorRefusal(`${member} has a "*", which the other server takes for a wildcard`)
}

/** A value that the other server has no room for fails there at every try, and is no fault that passes. */
export function checkLengths(
  values: Readonly<Record<string, string | readonly string[]>>,
  most: number,
): void {
  for (const [member, value] of Object.entries(values))
    if ([value].flat().some((each) => each.length > most))
      throw new ConnectorRefusal(
        `${member} has more than ${most} characters, which is all that the other server keeps`,
      )
}
