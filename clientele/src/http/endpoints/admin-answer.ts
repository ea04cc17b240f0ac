/** Answers of the admin API: JSON with wire names, kept by no cache. */
export function answerAdmin(status: number, body: object): Response {
  const headers = { 'content-type': 'application/json', 'cache-control': 'no-store' }
  return new Response(JSON.stringify(body), { status, headers })
}

/** A record's own members with wire names: `usesLeft` as `uses_left`. What lies below them stays as it is. */
export function toWire(record: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(record).map(([name, value]) => [
      name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      value,
    ]),
  )
}
