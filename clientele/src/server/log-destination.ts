/** Where log lines go: JSON lines for programs, one short line each for a person at a terminal. */
import { type DestinationStream, destination } from 'pino'
import type { EventLoop } from '../runtime/event-loop.ts'

export interface LogDestination extends DestinationStream {
  /** Writes what is still waiting; to be called before the process ends. */
  flush(): void
}

/**
 * Standard output as JSON lines. The lines of one turn of the event loop go out in one write: on one core, a write a line
 * costs a request 6 µs, and pino's background writes cost it 28.
 */
export function jsonLines(eventLoop: EventLoop): LogDestination {
  const stream = destination({ dest: 1, sync: true })
  // Whoever read the log went away. The server goes on without being heard.
  stream.on('error', () => {})
  let waiting = ''
  const flush = () => {
    const lines = waiting
    waiting = ''
    if (lines !== '') stream.write(lines)
  }
  return {
    write(line) {
      if (waiting === '') eventLoop.atEndOfTurn(flush)
      waiting += line
    },
    flush,
  }
}

/** A terminal: `14:03:07 POST /register 201 4 ms`. */
export function terminalLines(terminal: { write(text: string): unknown }): LogDestination {
  return {
    write: (line) => {
      terminal.write(`${renderTerminalLine(line)}\n`)
    },
    flush() {},
  }
}

/** One JSON log line as a person reads it. */
export function renderTerminalLine(line: string): string {
  const { level, time, msg, ...facts } = JSON.parse(line) as Record<string, unknown>
  const at = String(time).slice(11, 19)
  const what = msg === 'request' ? renderRequest(facts) : `${msg}${renderFacts(facts)}`
  // A path is the caller's text: control characters must not reach the terminal.
  return `${at} ${level === 'info' ? '' : `${level} `}${what}`.replace(/(?!\n)\p{Cc}/gu, '?')
}

function renderRequest({ method, path, status, ms, client_id, aborted }: Record<string, unknown>): string {
  const about = client_id === undefined ? '' : `, client ${client_id}`
  return `${method} ${path} ${aborted ? 'aborted' : status} ${ms} ms${about}`
}

function renderFacts(facts: Record<string, unknown>): string {
  const { error, ...others } = facts
  const rest = Object.entries(others).map(([name, value]) => ` ${name}=${JSON.stringify(value)}`)
  const stack = (error as { stack?: unknown } | undefined)?.stack
  return `${rest.join('')}${stack === undefined ? '' : `\n${stack}`}`
}
