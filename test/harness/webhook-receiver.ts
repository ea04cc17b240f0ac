/** A receiver of webhooks that checks every signature by itself, as the Standard Webhooks specification tells receivers to. */
import { createHmac, timingSafeEqual } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

export interface ReceivedEvent {
  readonly id: string
  readonly timestamp: number
  readonly raw: string
  // biome-ignore lint/suspicious/noExplicitAny: tests look at events of any shape
  readonly body: any
  readonly signatures: readonly string[]
}

export interface WebhookReceiver {
  readonly url: string
  readonly events: readonly ReceivedEvent[]
  /** What was refused for its signature: always empty, but for tests of that. */
  readonly forged: readonly string[]
  /** How it answers: 204 unless a test says otherwise. */
  answer: (event: ReceivedEvent, response: ServerResponse) => void
  close(): Promise<void>
}

/** Listens with a secret, `whsec_…`. */
export async function startWebhookReceiver(secret: string, port = 0): Promise<WebhookReceiver> {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64')
  const events: ReceivedEvent[] = []
  const forged: string[] = []
  const server = createServer((request, response) => void receive(request, response))
  const receiver = {
    events,
    forged,
    url: '',
    answer: (_event: ReceivedEvent, response: ServerResponse) => void response.writeHead(204).end(),
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }

  async function receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const raw = await text(request)
    const header = (name: string) => String(request.headers[name] ?? '')
    const id = header('webhook-id')
    const timestamp = header('webhook-timestamp')
    const expected = createHmac('sha256', key).update(`${id}.${timestamp}.${raw}`).digest()
    const signatures = header('webhook-signature').split(' ')
    const isGood = signatures.some((each) => {
      const given = Buffer.from(each.replace(/^v1,/, ''), 'base64')
      return each.startsWith('v1,') && given.length === expected.length && timingSafeEqual(given, expected)
    })
    if (!isGood || id === '' || request.method !== 'POST') {
      forged.push(raw)
      response.writeHead(401).end()
      return
    }
    const event = { id, timestamp: Number(timestamp), raw, body: JSON.parse(raw), signatures }
    events.push(event)
    receiver.answer(event, response)
  }

  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  receiver.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`
  return receiver
}
