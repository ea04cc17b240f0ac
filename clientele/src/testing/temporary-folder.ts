import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A folder of a test's own, which `remove` takes away with all that is in it. */
export interface TemporaryFolder {
  readonly path: string
  /** A path in it that nothing has yet, in a folder that does not exist yet. */
  newFile(name: string): string
  remove(): void
}

export function createTemporaryFolder(): TemporaryFolder {
  const path = mkdtempSync(join(tmpdir(), 'clientele-'))
  let given = 0
  return {
    path,
    newFile: (name) => join(path, `${given++}`, name),
    remove: () => rmSync(path, { recursive: true, force: true }),
  }
}
