import { RE2JS } from 're2js'

/**
 * Globs for names: `*` stands for any run of characters that has none of `separator`: one or more where parts are kept apart,
 * none or more where they are not. For hosts (separator `.`) it is one label, so that `*.example.com` is neither
 * `example.com` nor `a.b.example.com`; `**` runs over separators too, so that `**.example.com` has one label or more.
 */
export interface Glob {
  readonly source: string
  matches(text: string): boolean
}

/** Compiles a glob over text whose parts are kept apart by `separator` (none: `*` runs over everything). */
export function compileGlob(source: string, separator = ''): Glob {
  if (separator === '' && !source.includes('**')) return { source, matches: compilePieces(source) }
  const run = separator === '' ? '.*' : `[^${escapeText(separator)}]+`
  const parts = source.split(/(\*\*|\*)/)
  const text = parts.map((part) => (part === '**' ? '.+' : part === '*' ? run : escapeText(part))).join('')
  // One run cannot backtrack far. Several can, over text that a stranger chose: those go to an engine in linear time.
  if (parts.length <= 3) {
    const compiled = new RegExp(`^${text}$`, 's')
    return { source, matches: (value) => compiled.test(value) }
  }
  const compiled = RE2JS.compile(text, RE2JS.DOTALL)
  return { source, matches: (value) => compiled.matches(value) }
}

/**
 * Where stars run over everything, each piece between two of them is best found at its first place, so nothing is ever tried
 * twice. Policies have hundreds of these, and an engine for patterns takes a hundred times as long.
 */
function compilePieces(source: string): (text: string) => boolean {
  const pieces = source.split('*')
  if (pieces.length === 1) return (text) => text === source
  const [first, last] = [pieces[0]!, pieces.at(-1)!]
  const between = pieces.slice(1, -1)
  return (text) => {
    const end = text.length - last.length
    if (end < first.length || !text.startsWith(first) || !text.endsWith(last)) return false
    let at = first.length
    for (const piece of between) {
      const found = text.indexOf(piece, at)
      if (found === -1 || found + piece.length > end) return false
      at = found + piece.length
    }
    return true
  }
}

function escapeText(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')
}
