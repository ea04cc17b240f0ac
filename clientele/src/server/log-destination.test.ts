import { expect, it } from 'vitest'
import { createLog } from '../runtime/log.ts'
import { renderTerminalLine, terminalLines } from './log-destination.ts'

function render(write: (log: ReturnType<typeof createLog>) => void): string {
  const lines: string[] = []
  write(createLog('info', terminalLines({ write: (text) => lines.push(text) })))
  return lines.join('').replace(/^\d\d:\d\d:\d\d /, '')
}

it('a request is one short line on a terminal', () => {
  const facts = {
    method: 'POST',
    path: '/register',
    status: 201,
    ms: 3.4,
    request_id: 'x.1',
    client_id: 'abc',
  }
  expect(render((log) => log.info(facts, 'request'))).toBe('POST /register 201 3.4 ms, client abc\n')
})

it('a warning says that it is one', () => {
  expect(render((log) => log.warn({ issuer: 'x' }, 'take care'))).toBe('warn take care issuer="x"\n')
})

it('an error shows its stack', () => {
  expect(render((log) => log.error({ error: new Error('broken') }, 'failed'))).toMatch(
    /^error failed\nError: broken\n +at /,
  )
})

it('control characters of a path do not reach the terminal', () => {
  const line = JSON.stringify({
    level: 'info',
    time: '2026-01-01T00:00:00Z',
    msg: 'request',
    path: '/\u001b[2J\u009b',
  })
  expect(renderTerminalLine(line)).toContain('/?[2J?')
})
