/** Runs the command in processes of its own, for tests about processes: signals, exit codes, standard output. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const COMMAND = fileURLToPath(new URL('../../clientele/bin/clientele.js', import.meta.url))

/** A standard output that says it is a terminal. */
export const AS_TERMINAL = {
  NODE_OPTIONS: '--import=data:text/javascript,process.stdout.isTTY=true',
  NO_COLOR: '1',
}

export interface ChildOptions {
  readonly environment?: Readonly<Record<string, string>>
  /** Where it runs; `clientele.toml` and `./data` are looked for there. */
  readonly folder: string
  readonly input?: string
}

export interface Finished {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs `clientele …arguments` to its end. */
export async function runCommand(args: readonly string[], options: ChildOptions): Promise<Finished> {
  const child = spawnCommand(args, options)
  const output = collect(child)
  child.stdin!.end(options.input ?? '')
  const [code] = await once(child, 'close')
  return { code, ...output }
}

export interface ChildServer {
  readonly process: ChildProcess
  readonly url: string
  /** What it has written so far. */
  readonly output: { readonly stdout: string; readonly stderr: string }
  /** Resolves with the exit code, or the signal's name, when the process has ended. */
  readonly ended: Promise<number | NodeJS.Signals>
}

/** Starts `clientele serve` on a free port, and waits until it listens. */
export async function startChildServer(
  options: ChildOptions,
  args: readonly string[] = [],
): Promise<ChildServer> {
  const child = spawnCommand(['serve', '--port', '0', ...args], options)
  const output = collect(child)
  const ended = once(child, 'close').then(([code, signal]) => code ?? signal)
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout!.on('data', () => {
      const found =
        /"url":"([^"]+)"/.exec(output.stdout) ?? /curl -s (http:\/\/[\w.:]+)\/register/.exec(output.stdout)
      if (found) resolve(found[1]!)
    })
    ended.then((code) => reject(new Error(`the server ended with ${code}: ${output.stderr}${output.stdout}`)))
  })
  return { process: child, url, output, ended }
}

/** Ends the server and waits until it is gone. */
export async function stopChildServer(server: ChildServer, signal: NodeJS.Signals = 'SIGTERM') {
  server.process.kill(signal)
  return server.ended
}

function spawnCommand(args: readonly string[], options: ChildOptions): ChildProcess {
  // Only what a process needs: a CLIENTELE_ variable of whoever runs the tests must not reach the child.
  const { PATH, HOME } = process.env
  return spawn(process.execPath, [COMMAND, ...args], {
    cwd: options.folder,
    env: { PATH, HOME, ...options.environment },
    stdio: 'pipe',
  })
}

function collect(child: ChildProcess): { stdout: string; stderr: string } {
  const output = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]!.setEncoding('utf8')
    child[name]!.on('data', (text: string) => {
      output[name] += text
    })
  }
  return output
}
