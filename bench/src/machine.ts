/** What the figures were measured on, in a few lines; figures without it say nothing. */
import { execFileSync } from 'node:child_process'
import { cpus, loadavg, release, totalmem } from 'node:os'
import { LOAD_CORE } from './cores.ts'

export function describeMachine(folder: string): readonly string[] {
  const cores = cpus()
  return [
    `${cores.length} cores of ${cores[0]?.model.trim()}, ${Math.round(totalmem() / 1024 ** 3)} GiB of memory`,
    `Linux ${release()}, data on ${fileSystem(folder)}, Node.js ${process.versions.node}, ${version('wrk', ['-v'])}`,
    `${new Date().toISOString().slice(0, 10)}, load average when it began: ${loadavg()[0]!.toFixed(2)}`,
  ]
}

/** This process and all that it starts stay on the load's core, PostgreSQL too; the servers are given theirs. */
export function pinToLoadCore(): void {
  execFileSync('taskset', ['-a', '-c', '-p', LOAD_CORE, String(process.pid)], { stdio: 'ignore' })
}

/** Why this machine cannot measure, or undefined. */
export function findObstacle(): string | undefined {
  if (cpus().length < 2) return 'The bench needs two cores: one for the server, one for the load.'
  if (!isRunnable('taskset', ['--version']))
    return 'The bench needs taskset (Debian: apt install util-linux).'
  if (version('wrk', ['-v']) === '') return 'The bench needs wrk (Debian: apt install wrk).'
  return undefined
}

function fileSystem(folder: string): string {
  return execFileSync('stat', ['-f', '-c', '%T', folder], { encoding: 'utf8' }).trim()
}

function isRunnable(program: string, parameters: readonly string[]): boolean {
  try {
    execFileSync(program, parameters, { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** The first word and the version of what a program says of itself; wrk says it and exits with 1. */
function version(program: string, parameters: readonly string[]): string {
  try {
    return execFileSync(program, parameters, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
  } catch (error) {
    const said = (error as { stdout?: string }).stdout ?? ''
    return said.split(/\s+/, 2).join(' ').trim()
  }
}
