/** A contestant as a process: pinned to its own core, started, asked, killed. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { Contestant } from './contestant.ts'
import { SERVER_CORE } from './cores.ts'
import { type RegisteredClient, registrationRequest } from './registration-request.ts'

export interface Running {
  readonly contestant: Contestant
  readonly url: string
  readonly folder: string
  readonly pid: number
  /** Milliseconds from the start of the process to the answer of the first registration. */
  readonly startMilliseconds: number
  /** Registers a client as the load does, or with other metadata; counts into `acknowledged`. */
  register(metadata?: object): Promise<RegisteredClient>
  /** Registrations that were answered with 201, by `register` and by what the load reports. */
  acknowledged: number
  /** Resident memory of the process now, in MiB. */
  memoryMebibytes(): number
  /** Ends the process without warning, as a crash would: nothing that is only in memory survives. */
  kill(): Promise<void>
  /** Ends it as an operator would. */
  stop(): Promise<void>
}

export interface StartOptions {
  readonly environment?: Readonly<Record<string, string>>
  /** What node itself is told. */
  readonly nodeOptions?: readonly string[]
}

/** How often a starting server is asked, and for how long. */
const ASK_MILLISECONDS = 2
const START_MILLISECONDS = 30_000

/** Starts a contestant on a free port and waits until it has registered a first client. */
export async function start(
  contestant: Contestant,
  folder: string,
  { environment = {}, nodeOptions = [] }: StartOptions = {},
): Promise<Running> {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const prepared = await contestant.prepare?.(folder)
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const logFile = join(folder, '..', `${contestant.name}.log`)
  const log = openSync(logFile, 'a', 0o600)
  const began = performance.now()
  // A file, not a terminal: the product then writes its JSON lines, as it does in production.
  const child = spawn(
    'taskset',
    ['-c', SERVER_CORE, process.execPath, ...nodeOptions, ...contestant.command({ port, folder })],
    {
      stdio: ['ignore', log, log],
      env: { ...process.env, NODE_ENV: 'production', ...contestant.environment, ...prepared, ...environment },
    },
  )
  closeSync(log)
  const killNow = () => child.kill('SIGKILL')
  process.once('exit', killNow)
  child.once('exit', () => process.off('exit', killNow))
  const register = (metadata?: object) => registrationRequest(url + contestant.registrationPath, metadata)
  try {
    while (!(await isRegistered(register))) {
      if (child.exitCode !== null)
        throw new Error(`${contestant.name} ended:\n${readFileSync(logFile, 'utf8')}`)
      if (performance.now() - began > START_MILLISECONDS)
        throw new Error(`${contestant.name} registers nobody, see ${logFile}`)
      await wait(ASK_MILLISECONDS)
    }
  } catch (error) {
    await end(child, 'SIGKILL')
    throw error
  }
  const running: Running = {
    contestant,
    url,
    folder,
    startMilliseconds: performance.now() - began,
    acknowledged: 1,
    async register(metadata) {
      const client = await register(metadata)
      running.acknowledged += 1
      return client
    },
    pid: child.pid!,
    memoryMebibytes: () => residentKibibytes(child.pid!) / 1024,
    kill: () => end(child, 'SIGKILL'),
    stop: () => end(child, 'SIGTERM'),
  }
  return running
}

/** Whether a client could be registered; not, while nothing listens yet or the server says that it is starting. */
async function isRegistered(register: () => Promise<unknown>): Promise<boolean> {
  try {
    await register()
    return true
  } catch {
    return false
  }
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill(signal)
  await ended
}

function residentKibibytes(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1])
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      server.close(() => resolve(port))
    })
  })
}
