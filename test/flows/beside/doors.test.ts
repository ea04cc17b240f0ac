import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'

/** What a program loads that imports a door, by name of package. */
async function packagesBehind(door: string): Promise<readonly string[]> {
  const source = join(import.meta.dirname, '../../../clientele/src', door)
  const program = `
    import { registerHooks } from 'node:module'
    const loaded = []
    registerHooks({ load(url, context, next) { loaded.push(url); return next(url, context) } })
    await import(${JSON.stringify(source)})
    console.log(JSON.stringify(loaded))`
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program])
  const urls = JSON.parse(stdout) as string[]
  expect(urls.length).toBeGreaterThan(3)
  return urls.filter((url) => url.includes('node_modules'))
}

it.each(['registry.ts', 'oidc-provider.ts'])(
  'the door %s loads no engine, no driver and no other package',
  async (door) => {
    expect(await packagesBehind(door)).toEqual([])
  },
)
