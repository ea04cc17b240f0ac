import type { Server, Socket } from 'node:net'
import { addressPrefix } from '../runtime/address-prefix.ts'
import type { HttpBounds } from './http-bounds.ts'

/**
 * Refuses connections beyond the bounds, before anything is read of them. Counted by the other end of the connection: a
 * trusted proxy stands for many callers, and has no bound of its own.
 */
export function capConnections(
  server: Server,
  bounds: Pick<HttpBounds, 'connections' | 'connectionsPerAddress' | 'isProxy'>,
  onRefused: (address: string) => void = () => {},
): void {
  const open = new Map<string, number>()
  let all = 0
  server.on('connection', (socket: Socket) => {
    const address = socket.remoteAddress ?? ''
    const caller = addressPrefix(address)
    const count = open.get(caller) ?? 0
    const isOver = count >= bounds.connectionsPerAddress && !bounds.isProxy(address)
    if (isOver || all >= bounds.connections) {
      socket.destroy()
      onRefused(address)
      return
    }
    all += 1
    open.set(caller, count + 1)
    socket.once('close', () => {
      all -= 1
      const left = open.get(caller)! - 1
      if (left === 0) open.delete(caller)
      else open.set(caller, left)
    })
  })
}
