/** The load: wrk with a Lua script, on its own core. */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { LOAD_CORE } from './cores.ts'

export interface Load {
  readonly url: string
  /** A script in `load/`. */
  readonly script: string
  readonly scriptArguments: readonly string[]
  readonly connections: number
  readonly seconds: number
}

export interface LoadReport {
  /** Complete answers. */
  readonly answers: number
  /** Answers with another status than the script expects. */
  readonly unexpected: number
  readonly socketErrors: number
  readonly microseconds: number
  /** Microseconds. */
  readonly p50: number
  readonly p99: number
}

const LOAD_FOLDER = join(import.meta.dirname, 'load')

export async function runLoad({
  url,
  script,
  scriptArguments,
  connections,
  seconds,
}: Load): Promise<LoadReport> {
  const options = ['-t1', `-c${connections}`, `-d${seconds}s`, '--timeout', '10s', '-s', script, url]
  const run = ['-c', LOAD_CORE, 'wrk', ...options, '--', ...scriptArguments]
  const { stdout } = await promisify(execFile)('taskset', run, { cwd: LOAD_FOLDER })
  const report = /^REPORT (.*)$/m.exec(stdout)?.[1]
  if (report === undefined) throw new Error(`wrk made no report:\n${stdout}`)
  return JSON.parse(report) as LoadReport
}

export function requestsPerSecond({ answers, microseconds }: LoadReport): number {
  return answers / (microseconds / 1_000_000)
}
