/** Where in a TOML source a key stands, for error lines: good enough for a message, so no second parser for it. */

export type TomlPath = readonly (string | number)[]

interface Place {
  readonly path: TomlPath
  readonly line: number
}

/** Finds the line of a key, counted from 1; of something inside a value, or of a key that is missing, the nearest above it. */
export function createLineFinder(source: string): (path: TomlPath) => number {
  const places = readPlaces(source)
  return (path) => {
    for (let length = path.length; length > 0; length--) {
      const sought = path.slice(0, length)
      // The key itself, else the first thing below it: a table may be there by its members alone.
      const found =
        places.find((place) => isSame(place.path, sought)) ??
        places.find((place) => begins(place.path, sought))
      if (found) return found.line
    }
    return 1
  }
}

function readPlaces(source: string): readonly Place[] {
  const places: Place[] = []
  /** How many tables each `[[array]]` has so far. */
  const counts = new Map<string, number>()
  let table: TomlPath = []
  let open = ''
  for (const [index, text] of source.split(/\r?\n/).entries()) {
    const line = index + 1
    if (open !== '') {
      open = openAfter(text, open)
      continue
    }
    const header = /^\s*(\[\[?)\s*(.+?)\s*\]\]?\s*(?:#.*)?$/.exec(text)
    if (header) {
      const isArray = header[1] === '[['
      table = resolve(splitKey(header[2]!), isArray, counts)
      places.push({ path: table, line })
      continue
    }
    const key = /^\s*((?:"(?:[^"\\]|\\.)*"|'[^']*'|[\w-]+|\s*\.\s*)+?)\s*=(.*)$/.exec(text)
    if (!key) continue
    places.push({ path: [...table, ...splitKey(key[1]!)], line })
    open = openAfter(key[2]!, '')
  }
  return places
}

/** Names of arrays of tables are followed by the number of the table that is meant: the last one so far. */
function resolve(names: readonly string[], isArray: boolean, counts: Map<string, number>): TomlPath {
  const path: (string | number)[] = []
  for (const [index, name] of names.entries()) {
    path.push(name)
    const key = JSON.stringify(path)
    const count = counts.get(key)
    if (isArray && index === names.length - 1) {
      counts.set(key, (count ?? 0) + 1)
      path.push(count ?? 0)
    } else if (count !== undefined) path.push(count - 1)
  }
  return path
}

/** What a value that begins before `text` leaves open behind it: brackets over several lines, and long strings. */
function openAfter(text: string, open: string): string {
  let stack = open
  const tokens = /"""|'''|"(?:[^"\\]|\\.)*"|'[^']*'|#.*|[[\]{}]/g
  for (const [token] of text.matchAll(tokens)) {
    const long = stack.endsWith('D') ? '"""' : stack.endsWith('S') ? "'''" : undefined
    if (long !== undefined) {
      if (token === long) stack = stack.slice(0, -1)
    } else if (token === '"""') stack += 'D'
    else if (token === "'''") stack += 'S'
    else if (token === '[' || token === '{') stack += token
    else if (token === ']' || token === '}') stack = stack.slice(0, -1)
    else if (token.startsWith('#')) break
  }
  return stack
}

function splitKey(dotted: string): readonly string[] {
  return [...dotted.matchAll(/"((?:[^"\\]|\\.)*)"|'([^']*)'|([\w-]+)/g)].map(
    ([, quoted, literal, bare]) => quoted ?? literal ?? bare!,
  )
}

function isSame(a: TomlPath, b: TomlPath): boolean {
  return a.length === b.length && begins(a, b)
}

function begins(path: TomlPath, start: TomlPath): boolean {
  return start.every((part, index) => path[index] === part)
}
