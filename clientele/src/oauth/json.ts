/** JSON as values: what a request body, a stored record and a response are made of. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject

/** A JSON object. Members may be absent, never `undefined` by assignment. */
export interface JsonObject {
  readonly [member: string]: JsonValue | undefined
}

/** Whether a value is a JSON object: not null, not an array. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
