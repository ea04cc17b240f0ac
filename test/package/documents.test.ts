/** The programs in the documents of the library compile against the package as it is published, and the first one runs. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Consumer, createConsumer } from './packed.ts'

const ROOT = join(import.meta.dirname, '../..')

let consumer: Consumer
beforeAll(async () => {
  consumer = await createConsumer(['@types/node'])
  writeFileSync(join(consumer.folder, 'package.json'), '{"type":"module","private":true}')
}, 120_000)
afterAll(() => consumer?.remove())

const programsIn = (file: string) =>
  [...readFileSync(join(ROOT, file), 'utf8').matchAll(/```ts\n([\s\S]*?)```/g)].map(([, text]) => text!)

it.each([
  ['clientele/README.md', 1],
  ['docs/embed.md', 3],
])(
  'the programs of %s compile',
  async (file, atLeast) => {
    const programs = programsIn(file)
    expect(programs.length).toBeGreaterThanOrEqual(atLeast)
    const folder = join(consumer.folder, file.replace(/\W/g, '-'))
    mkdirSync(folder)
    for (const [index, text] of programs.entries()) {
      writeFileSync(join(folder, index === 0 ? 'registrar.ts' : `program-${index}.ts`), text)
    }
    const compilerOptions = {
      strict: true,
      target: 'es2024',
      module: 'nodenext',
      allowImportingTsExtensions: true,
      types: ['node'],
      noEmit: true,
    }
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions }))
    await consumer.run('tsc', '-p', folder)
  },
  60_000,
)

it('the programs of docs/embed.md run', async () => {
  const [first, verbs, checks] = programsIn('docs/embed.md')
  const folder = join(consumer.folder, 'running')
  mkdirSync(folder)
  writeFileSync(join(folder, 'registrar.ts'), first!)
  writeFileSync(join(folder, 'verbs.ts'), verbs!)
  writeFileSync(join(folder, 'checks.ts'), checks!)
  const program = `
    process.env.SEALING_KEY = Buffer.alloc(32).toString('base64')
    await import('./running/verbs.ts')
    const { registrar } = await import('./running/registrar.ts')
    const { mayAuthorize, isAuthentic } = await import('./running/checks.ts')
    const uri = 'https://notes.example.org/cb'
    const { client_id, client_secret } = await registrar.register({ redirect_uris: [uri] }, { as: {} })
    const said = [await mayAuthorize(client_id, uri, 0), await mayAuthorize(client_id, 'https://evil.example', 0)]
    console.log(...said, await isAuthentic(client_id, client_secret, 0), await isAuthentic(client_id, 'no', 0))
    process.exit()`
  const output = await consumer.run('node', '--input-type=module', '-e', program)
  expect(
    output
      .trim()
      .split('\n')
      .map((line) => line.replace(/ [0-9a-f-]{36}$/, '')),
  ).toEqual([
    'client.registered',
    'client.updated',
    'client.deleted',
    'client.registered',
    'true false true false',
  ])
}, 60_000)
