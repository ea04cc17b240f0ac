/** A TCP proxy that behaves badly on demand: what stands between a server and its database on a bad day. */
import { once } from 'node:events'
import { type AddressInfo, createConnection, createServer, type Socket } from 'node:net'

export interface TcpProxy {
  readonly port: number
  /** Milliseconds that each piece of data waits on its way, in both directions. */
  delay: number
  /** Whether new connections are refused. */
  refuses: boolean
  /** Whether answers are swallowed: connections stay, and nothing comes back. */
  isSilent: boolean
  /**
   * The next time that a client sends `text`: what is to happen. `swallow`: it arrives, and the connection is cut before the
   * answer comes back. `drop`: it never arrives, and the connection is cut. `vanish`: like `swallow`, and from then on the
   * network is silent and refuses.
   */
  onNext(text: string, what: 'swallow' | 'drop' | 'vanish'): void
  /** Cuts every connection that there is. */
  cut(): void
  close(): Promise<void>
}

export async function startTcpProxy(targetPort: number): Promise<TcpProxy> {
  const pairs = new Set<readonly [Socket, Socket]>()
  let trap: { readonly text: string; readonly what: 'swallow' | 'drop' | 'vanish' } | undefined
  const server = createServer((client) => {
    if (proxy.refuses) return void client.destroy()
    const target = createConnection({ port: targetPort, host: '127.0.0.1' })
    const pair = [client, target] as const
    pairs.add(pair)
    let isSwallowing = false
    const end = () => {
      pairs.delete(pair)
      client.destroy()
      target.destroy()
    }
    for (const socket of pair) socket.on('error', end).on('close', end).setNoDelay(true)
    client.on('data', (data) => {
      if (trap && data.includes(trap.text)) {
        const { what } = trap
        trap = undefined
        if (what === 'drop') return end()
        isSwallowing = true
        if (what === 'vanish') proxy.isSilent = proxy.refuses = true
      }
      pass(target, data)
    })
    target.on('data', (data) => {
      // Until the target says that it has done what it was asked; and nobody hears of it.
      if (isSwallowing) return void (/(COMMIT|ROLLBACK)\0/.test(data.toString('latin1')) && end())
      if (!proxy.isSilent) pass(client, data)
    })
  })
  function pass(to: Socket, data: Buffer): void {
    if (proxy.delay === 0) to.write(data)
    else setTimeout(() => to.writable && to.write(data), proxy.delay)
  }
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const proxy: TcpProxy = {
    port: (server.address() as AddressInfo).port,
    delay: 0,
    refuses: false,
    isSilent: false,
    onNext(text, what) {
      trap = { text, what }
    },
    cut() {
      for (const [client, target] of [...pairs]) {
        client.destroy()
        target.destroy()
      }
    },
    async close() {
      proxy.cut()
      server.close()
      await once(server, 'close')
    },
  }
  return proxy
}
