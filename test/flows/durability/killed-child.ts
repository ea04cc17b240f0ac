import { spawn } from 'node:child_process'
import { once } from 'node:events'

/** What a child said before it was killed. */
export interface KilledChild {
  /** The complete lines of its standard output; a line that was cut off by its death is left out. */
  readonly lines: readonly string[]
}

/**
 * Starts `node` with `args`, waits for its first line, lets it work for `milliseconds`, and kills it with SIGKILL.
 * `whileAlive` may put it under load: it gets the first line, and is told to stop when the child is dead.
 * Throws with the child's standard error when it ended by itself: then nothing was tested.
 */
export async function runUntilKilled(
  args: readonly string[],
  milliseconds: number,
  whileAlive: (firstLine: string, dead: AbortSignal) => Promise<void> = async () => {},
): Promise<KilledChild> {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  const dead = new AbortController()
  let output = ''
  let errors = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text
  })
  const closed = once(child, 'close').finally(() => dead.abort())
  const firstLine = new Promise<string>((resolve) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text
      const end = output.indexOf('\n')
      if (end >= 0) resolve(output.slice(0, end))
    })
  })
  const started = await Promise.race([firstLine, closed.then(() => undefined)])
  if (started !== undefined) {
    const load = whileAlive(started, dead.signal)
    await new Promise((resolve) => setTimeout(resolve, milliseconds))
    child.kill('SIGKILL')
    await load
  }
  const [code, signal] = (await closed) as [number | null, string | null]
  if (signal !== 'SIGKILL')
    throw new Error(`the child ended by itself (${code ?? signal}): ${errors || output}`)
  return { lines: output.split('\n').slice(0, -1) }
}
