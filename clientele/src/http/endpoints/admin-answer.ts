/** Answers of the admin API: JSON with wire names, kept by no cache. */
export function answerAdmin(status: number, body: object): Response {
  const headers = { 'content-type': 'application/json', 'cache-control': 'no-store' }
  return new Response(JSON.stringify(body), { status, headers })
}

/** A record as it leaves: `usesLeft` is `uses_left` there. What lies below its members stays as it is. */
export type Wire<Record> = {
  readonly [Name in keyof Record as Name extends string ? SnakeCase<Name> : never]: Record[Name]
}

type SnakeCase<Name extends string> = Name extends `${infer First}${infer Rest}`
  ? `${First extends Lowercase<First> ? First : `_${Lowercase<First>}`}${SnakeCase<Rest>}`
  : Name

/** A record's own members with wire names: `usesLeft` as `uses_left`. What lies below them stays as it is. */
export function toWire(record: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(record).map(([name, value]) => [
      name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      value,
    ]),
  )
}
