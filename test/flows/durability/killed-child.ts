import { spawn } from 'node:child_process'
import { once } from 'node:events'

/** What a child said before it was killed. */
export interface KilledChild {
  /** The complete lines of its standard output; a line that was cut off by its death is left out. */
  readonly lines: readonly string[]
}

/** What a child is put under while it lives. */
export interface Load {
  /** Before that it is not killed. */
  readonly enough?: Promise<void>
  readonly ended: Promise<void>
}

/**
 * Starts `node` with `args`, waits for its first line, lets it work for `milliseconds`, and kills it with SIGKILL.
 * `whileAlive` may put it under load: it gets the first line, is told to stop when the child is dead, and may say that
 * `milliseconds` begin only when enough has been done, however slow the machine is.
 * Throws with the child's standard error when it ended by itself: then nothing was tested.
 */
export async function runUntilKilled(
  args: readonly string[],
  milliseconds: number,
  whileAlive: (firstLine: string, dead: AbortSignal) => Load = () => ({ ended: Promise.resolve() }),
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
    const { enough, ended } = whileAlive(started, dead.signal)
    await Promise.race([enough, closed])
    await new Promise((resolve) => setTimeout(resolve, milliseconds))
    child.kill('SIGKILL')
    await ended
  }
  const [code, signal] = (await closed) as [number | null, string | null]
  if (signal !== 'SIGKILL')
    throw new Error(`the child ended by itself (${code ?? signal}): ${errors || output}`)
  return { lines: output.split('\n').slice(0, -1) }
}
