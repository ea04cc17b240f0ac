/** Puts what was measured into the README, between the marks of its section: no figure there is typed by hand. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const README = join(import.meta.dirname, '../README.md')

/** Replaces what stands between `<!-- measured: name -->` and the next `<!-- end -->`. */
export function writeSection(name: string, markdown: string): void {
  const text = readFileSync(README, 'utf8')
  const mark = `<!-- measured: ${name} -->\n`
  const start = text.indexOf(mark)
  const end = text.indexOf('<!-- end -->', start)
  if (start < 0 || end < 0) throw new Error(`The README has no section for ${name}.`)
  writeFileSync(README, `${text.slice(0, start) + mark}\n${markdown}\n\n${text.slice(end)}`)
}
