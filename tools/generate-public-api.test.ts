import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { packPackage } from '../test/package/packed.ts'
import { findDoors, PUBLIC_API, renderPublicApi } from './generate-public-api.ts'
import { readDeclarations } from './read-declarations.ts'

let build: string
beforeAll(async () => {
  build = join((await packPackage()).folder, 'dist')
}, 120_000)

it('docs/reference/public-api.md shows the surface as it is; otherwise: npm run generate', () => {
  expect(readFileSync(PUBLIC_API, 'utf8')).toBe(renderPublicApi(build))
})

describe('the public surface', () => {
  it('is found whole: every name that a door shows leads to a declaration', () => {
    const lost = shown().filter(({ found }) => found.length === 0)
    expect(lost.map(({ door, name }) => `${door} ${name}`)).toEqual([])
  })

  it('leads to nothing of the operator’s: who starts the server gets its address and a way to close it', () => {
    const report = renderPublicApi(build)
    expect(report.match(/^### (?:http\/endpoints|authorization|admin\/(?!create-initial))\S*/gm)).toBeNull()
    expect(report).toMatch(/interface ListeningServer \{/)
  })

  it('is written by a command that takes no arguments, and says so', () => {
    const command = join(import.meta.dirname, 'generate-public-api.ts')
    const { status, stderr } = spawnSync(process.execPath, [command, '--check'], { encoding: 'utf8' })
    expect([status, stderr]).toEqual([1, expect.stringContaining('it takes no arguments')])
  })

  it('has a docstring for everything that a door shows', () => {
    const bare = shown().filter(({ found }) => found.every(({ doc }) => doc === ''))
    expect(bare.map(({ name, found }) => `${found[0]?.file} ${name}`)).toEqual([])
  })

  it('holds what a program needs first, and nothing by accident: the main door', () => {
    const values = [...readDeclarations(build).exportsOf('index.d.ts')].filter(([, found]) =>
      found.some(({ text }) => /^export (?:declare )?(?:function|class|const)/.test(text)),
    )
    expect(values.map(([name]) => name).sort()).toEqual([
      'OAuthError',
      'RegistrarOptionsError',
      'StoreUnavailable',
      'createRegistrar',
    ])
  })
})

function shown() {
  const declarations = readDeclarations(build)
  return findDoors().flatMap(({ name: door, file }) =>
    [...declarations.exportsOf(file)].map(([name, found]) => ({ door, name, found })),
  )
}
