/** Reads the declarations that `tsc` emits, as text: which names a file exports, from where, and what is written about each. */
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

export interface Declaration {
  readonly file: string
  readonly name: string
  /** The statement, without its comment. */
  readonly text: string
  /** The comment right before it, or nothing. */
  readonly doc: string
}

export interface Declarations {
  /** What a door shows: the name under which it does, and the declaration. A name may have several (overloads). */
  exportsOf(file: string): ReadonlyMap<string, readonly Declaration[]>
  /** Declarations that the text of another mentions. */
  mentionedBy(declaration: Declaration): readonly Declaration[]
}

interface Unit {
  readonly own: ReadonlyMap<string, readonly Declaration[]>
  /** Names that the file takes from others, under its own words for them. */
  readonly taken: ReadonlyMap<string, Origin>
  readonly shown: ReadonlyMap<string, Origin | 'own'>
}

interface Origin {
  readonly file: string
  readonly name: string
}

export function readDeclarations(folder: string): Declarations {
  const units = new Map<string, Unit>()
  const unitOf = (file: string): Unit => {
    const known = units.get(file)
    if (known) return known
    const unit = readUnit(file, readFileSync(join(folder, file), 'utf8'), folder)
    units.set(file, unit)
    return unit
  }
  const resolve = ({ file, name }: Origin): readonly Declaration[] => {
    const unit = unitOf(file)
    const shown = unit.shown.get(name)
    if (shown !== undefined && shown !== 'own') return resolve(shown)
    return unit.own.get(name) ?? []
  }
  return {
    exportsOf(file) {
      return new Map([...unitOf(file).shown.keys()].map((name) => [name, resolve({ file, name })]))
    },
    mentionedBy({ file, text, name }) {
      const { own, taken } = unitOf(file)
      const words = new Set(withoutComments(text).match(/[A-Za-z_$][\w$]*/g))
      words.delete(name)
      return [...words].flatMap((word) => {
        const origin = taken.get(word)
        return origin === undefined ? (own.get(word) ?? []) : resolve(origin)
      })
    },
  }
}

function readUnit(file: string, source: string, folder: string): Unit {
  const own = new Map<string, Declaration[]>()
  const taken = new Map<string, Origin>()
  const shown = new Map<string, Origin | 'own'>()
  for (const { doc, text } of splitStatements(source)) {
    const from = /\bfrom ['"](\.[^'"]+)['"];?$/.exec(text)?.[1]
    const list = /^(import|export)\s+(?:type\s+)?\{([\s\S]*)\}\s*(?:from|;|$)/.exec(text)
    if (list) {
      const target = from === undefined ? undefined : placeOf(file, from, folder)
      for (const part of list[2]!.split(',')) {
        const [name, as = name] = part
          .trim()
          .replace(/^type /, '')
          .split(/ as /)
        if (!name) continue
        if (target === undefined) continue
        const origin = { file: target, name }
        if (list[1] === 'import') taken.set(as!, origin)
        else shown.set(as!, origin)
      }
      continue
    }
    const match =
      /^(export )?(?:declare )?(?:abstract )?(?:interface|type|function|class|const|let|enum)\s+([\w$]+)/.exec(
        text,
      )
    if (!match) continue
    const name = match[2]!
    own.set(name, [...(own.get(name) ?? []), { file, name, text, doc }])
    if (match[1] !== undefined) shown.set(name, 'own')
  }
  return { own, taken, shown }
}

function placeOf(file: string, from: string, folder: string): string | undefined {
  const place = join(dirname(file), from).replace(/\.(?:ts|js)$/, '.d.ts')
  return existsSync(join(folder, place)) ? place : undefined
}

/** A statement ends with a semicolon, or with the brace of an interface or a class, outside of all brackets. */
function splitStatements(source: string): { readonly doc: string; readonly text: string }[] {
  const statements: { doc: string; text: string }[] = []
  const token =
    /\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`|=>|[{}()[\]<>;]/g
  let depth = 0
  let start = 0
  let doc = ''
  const end = (at: number) => {
    const text = source.slice(start, at).trim()
    if (text !== '') statements.push({ doc, text })
    doc = ''
    start = at
  }
  for (const match of source.matchAll(token)) {
    const [what] = match
    const next = match.index + what.length
    if (what.startsWith('/*') || what.startsWith('//')) {
      if (depth === 0 && source.slice(start, match.index).trim() === '') {
        doc = what.startsWith('/**') ? what : ''
        start = next
      }
    } else if (/^[{([<]$/.test(what)) depth += 1
    else if (/^[})\]>]$/.test(what)) {
      depth -= 1
      const isBody = /^(?:export )?(?:declare )?(?:abstract )?(?:interface|class|enum)\b/.test(
        source.slice(start).trimStart(),
      )
      if (what === '}' && depth === 0 && isBody) end(next)
    } else if (what === ';' && depth === 0) end(next)
  }
  return statements
}

function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"/g, "''")
}
