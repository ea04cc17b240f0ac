/** The version of an installed package, for the name of a test that stands on it. */
import { readFileSync } from 'node:fs'

export function libraryVersion(name: string): string {
  // Read as a file: a package need not let its package.json be imported.
  const file = new URL(`../../node_modules/${name}/package.json`, import.meta.url)
  const { version } = JSON.parse(readFileSync(file, 'utf8')) as { version: string }
  return `${name} ${version}`
}
