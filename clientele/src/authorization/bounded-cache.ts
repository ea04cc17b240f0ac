/** A map of at most `size` entries that forgets the one that was used longest ago. */
export interface BoundedCache<V> {
  get(key: string): V | undefined
  set(key: string, value: V): void
  delete(key: string): void
}

export function createBoundedCache<V>(size: number): BoundedCache<V> {
  // A Map keeps the order of insertion: the first entry is the oldest.
  const entries = new Map<string, V>()
  return {
    get(key) {
      const value = entries.get(key)
      if (value === undefined) return undefined
      entries.delete(key)
      entries.set(key, value)
      return value
    },
    set(key, value) {
      entries.delete(key)
      entries.set(key, value)
      if (entries.size > size) entries.delete(entries.keys().next().value!)
    },
    delete(key) {
      entries.delete(key)
    },
  }
}
