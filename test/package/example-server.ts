/** Starts a program of `examples/` in a folder that has installed the packed package, and waits until it listens. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Consumer } from './packed.ts'

const BIN = join(import.meta.dirname, '../../node_modules/.bin')

export interface ExampleServer {
  readonly url: string
  /** Everything that it printed until now. */
  said(): string
  close(): Promise<void>
}

export async function startExample(
  { folder }: Consumer,
  command: string,
  ...parts: readonly string[]
): Promise<ExampleServer> {
  const env = { ...process.env, PATH: `${BIN}:${process.env.PATH}`, NO_COLOR: '1' }
  const child = spawn(command, parts, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  const port = await new Promise<string>((resolve, reject) => {
    const hear = (chunk: Buffer) => {
      said += chunk
      const port = /listening[\s\S]*?port: (\d+)/.exec(said)?.[1]
      if (port !== undefined) resolve(port)
    }
    child.stdout.on('data', hear)
    child.stderr.on('data', hear)
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`it ended with ${code}:\n${said}`)))
  })
  return { url: `http://127.0.0.1:${port}`, said: () => said, close: () => end(child) }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill()
  await ended
}
