/** A real nginx, with a configuration of ours in front of servers of ours. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { accessSync, constants, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe } from 'vitest'

const PLACES = [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/usr/local/sbin']
const PROGRAM = PLACES.map((place) => join(place, 'nginx')).find(isProgram)

/** `describe`, for tests that need nginx; without it they say that they were skipped. */
export const describeWithNginx = describe.skipIf(PROGRAM === undefined)

/** Starts nginx with what stands in its `http` block, and waits until it listens on `port`; the function stops it. */
export async function startNginx(http: string, port: number): Promise<() => Promise<void>> {
  const folder = mkdtempSync(join(tmpdir(), 'clientele-nginx-'))
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => {
    mkdirSync(join(folder, name))
    return `${name}_temp_path ${join(folder, name)};`
  })
  const file = join(folder, 'nginx.conf')
  writeFileSync(
    file,
    `daemon off;
${process.getuid?.() === 0 ? 'user root;' : ''}
pid ${folder}/nginx.pid;
error_log stderr warn;
events {}
http {
  access_log off;
  ${temporary.join('\n  ')}
  ${http}
}
`,
  )
  const child = spawn(PROGRAM!, ['-c', file, '-p', folder, '-e', 'stderr'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text
  })
  const ended = once(child, 'close')
  while (!(await canConnect(port))) {
    if (child.exitCode !== null) throw new Error(`nginx ended: ${said}`)
  }
  return () => stop(child, ended, folder)
}

async function stop(child: ChildProcess, ended: Promise<unknown>, folder: string): Promise<void> {
  child.kill('SIGTERM')
  await ended
  rmSync(folder, { recursive: true, force: true })
}

async function canConnect(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  const [event] = await Promise.race([
    once(socket, 'connect').then(() => [true]),
    once(socket, 'close').then(() => [false]),
  ]).catch(() => [false])
  socket.destroy()
  if (!event) await new Promise((resolve) => setTimeout(resolve, 20))
  return event as boolean
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
