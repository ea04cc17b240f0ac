import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { readDeclarations } from './read-declarations.ts'

const folder = mkdtempSync(join(tmpdir(), 'clientele-declarations-'))
afterAll(() => rmSync(folder, { recursive: true }))

function read(files: Record<string, string>) {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  return readDeclarations(folder)
}

it('follows a door to the declarations, through files that hand them on, and knows their comments', () => {
  const declarations = read({
    'door.d.ts': `/** The door. */
export { type A, make as create } from './between.ts';
`,
    'between.d.ts': `export { type A, make } from './a.ts';`,
    'a.d.ts': `import type { B } from './b.ts';
/** Comment of A; with a brace { in it. */
export interface A {
    /** Not of A. */
    readonly b: B;
    readonly text: '} ;';
}
export declare function make(a: { x: (y: string) => void }): A;
`,
    'b.d.ts': `/** A list. */
export type B = readonly {
    x: string;
}[];
interface Unused {
}
`,
  })
  const shown = declarations.exportsOf('door.d.ts')
  expect([...shown.keys()]).toEqual(['A', 'create'])
  const [a] = shown.get('A')!
  expect(a).toMatchObject({ file: 'a.d.ts', name: 'A', doc: '/** Comment of A; with a brace { in it. */' })
  expect(a!.text).toMatch(/^export interface A \{[\s\S]*\}$/)
  expect(shown.get('create')).toMatchObject([{ doc: '', name: 'make' }])
  expect(declarations.mentionedBy(a!)).toMatchObject([{ name: 'B', doc: '/** A list. */' }])
})
