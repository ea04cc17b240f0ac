/** Through JSON, because that is what a database keeps: nothing survives here that would not survive there. */
export function copy<T>(record: T): T {
  return record === undefined ? record : (JSON.parse(JSON.stringify(record)) as T)
}
