import { describe, expect, it } from 'vitest'
import type { EventLoop } from '../runtime/event-loop.ts'
import { sendTogether } from './replies.ts'

/** An event loop whose turn ends when the test says so. */
function createTestLoop(): EventLoop & { endTurn(): void } {
  let waiting: (() => void)[] = []
  return {
    atEndOfTurn: (work) => {
      waiting.push(work)
    },
    later: () => () => {},
    endTurn() {
      const works = waiting
      waiting = []
      for (const work of works) work()
    },
  }
}

async function settle(): Promise<void> {
  for (let i = 0; i < 10; i++) await Promise.resolve()
}

describe('the replies of one turn', () => {
  it('leave together at its end when they answer a GET, and a later turn has its own end', async () => {
    const loop = createTestLoop()
    const sent: string[] = []
    const fetch = sendTogether((request: Request) => new Response(new URL(request.url).pathname), loop)
    const get = async (path: string) => {
      const response = await fetch(new Request(`http://host.example${path}`), undefined)
      sent.push(await response.text())
    }
    const first = [get('/a'), get('/b')]
    await settle()
    expect(sent).toEqual([])
    loop.endTurn()
    await Promise.all(first)
    expect(sent.toSorted()).toEqual(['/a', '/b'])

    const later = get('/c')
    await settle()
    expect(sent).not.toContain('/c')
    loop.endTurn()
    await later
    expect(sent).toContain('/c')
  })

  it('leave at once when they answer a write, which has waited for its commit', async () => {
    const loop = createTestLoop()
    const fetch = sendTogether(() => new Response('stored', { status: 201 }), loop)
    const response = await fetch(new Request('http://host.example/', { method: 'POST' }), undefined)
    expect(response.status).toBe(201)
  })

  it('hand a failure on at once', async () => {
    const fetch = sendTogether(async () => {
      throw new Error('broken')
    }, createTestLoop())
    await expect(fetch(new Request('http://host.example/'), undefined)).rejects.toThrow('broken')
  })
})
