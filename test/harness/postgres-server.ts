/** A real PostgreSQL server of a test's own, in a folder that is deleted with it: to be stopped, killed, started again. */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { freePort } from './free-port.ts'
import { findPostgresBinaries } from './postgres-binaries.ts'

export interface PostgresServer {
  /** `postgres://postgres@127.0.0.1:<port>/postgres` */
  readonly url: string
  readonly port: number
  /** Starts it again, on the same port, and waits until it takes connections. */
  start(): Promise<void>
  /** SIGKILL, without any goodbye; its children end when they notice. */
  kill(): Promise<void>
  /** Orderly. */
  stop(): Promise<void>
  /** Stops it and deletes its folder. */
  remove(): Promise<void>
}

export interface PostgresServerOptions {
  /** Where its data lies; a new folder otherwise. */
  readonly folder?: string
  /** `name=value` */
  readonly settings?: readonly string[]
}

/** The user that it runs as where the tests run as root, as which PostgreSQL refuses to run. */
const NOBODY = 65_534

export async function startPostgresServer(options: PostgresServerOptions = {}): Promise<PostgresServer> {
  const { initdb, postgres } = findPostgresBinaries()
  const user = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {}
  const parent = options.folder ?? mkdtempSync(join(tmpdir(), 'clientele-postgres-'))
  const data = join(parent, 'data')
  mkdirSync(data, { recursive: true })
  if (user.uid !== undefined) {
    chmodSync(parent, 0o755)
    chownSync(data, user.uid, user.gid)
  }
  chmodSync(data, 0o700)
  const flags = ['--auth=trust', '--username=postgres', '--encoding=UTF8', '--locale=C', '--no-sync']
  await promisify(execFile)(initdb, [`--pgdata=${data}`, ...flags], { ...user, cwd: '/' })
  const port = await freePort()
  const settings = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'max_connections=200']
  const args = [...settings, ...(options.settings ?? [])].flatMap((setting) => ['-c', setting])
  let child: ChildProcess | undefined

  async function start(): Promise<void> {
    for (;;) {
      try {
        return await startOnce()
      } catch (error) {
        // The children of a server that was killed notice it a moment later.
        if (!String(error).includes('shared memory block')) throw error
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
    }
  }
  async function startOnce(): Promise<void> {
    const started = spawn(postgres, ['-D', data, '-p', `${port}`, ...args], {
      ...user,
      cwd: '/',
      stdio: ['ignore', 'ignore', 'pipe'],
      // A group of its own: Ctrl-C at the tests is not its end.
      detached: true,
    })
    child = started
    let log = ''
    await new Promise<void>((resolve, reject) => {
      started.stderr!.setEncoding('utf8').on('data', (text: string) => {
        log = (log + text).slice(-10_000)
        if (log.includes('ready to accept connections')) resolve()
      })
      started.once('exit', (code) => reject(new Error(`PostgreSQL ended with ${code}: ${log}`)))
    })
  }
  async function end(how: (pid: number) => void): Promise<void> {
    const ending = child
    child = undefined
    if (!ending || ending.exitCode !== null || ending.signalCode !== null) return
    const ended = once(ending, 'exit')
    how(ending.pid!)
    await ended
  }
  const stop = () => end((pid) => process.kill(pid, 'SIGINT'))
  const killNow = () => {
    if (child?.pid !== undefined) process.kill(child.pid, 'SIGKILL')
  }
  process.once('exit', killNow)
  await start()
  return {
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    port,
    start,
    kill: () => end((pid) => process.kill(pid, 'SIGKILL')),
    stop,
    async remove() {
      await stop()
      process.off('exit', killNow)
      rmSync(options.folder === undefined ? parent : data, { recursive: true, force: true })
    },
  }
}
