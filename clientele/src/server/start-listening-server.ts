/** The server as a program of somebody else's starts it: it listens and can be closed; all else is the admin API's. */
import type { Config } from './config-schema.ts'
import { type ListeningServer, type Outside, startServer as start } from './start-server.ts'

/** Starts a server. Throws `StartError` with a sentence when it cannot, and leaves nothing open then. */
export async function startServer(config: Config, outside: Outside = {}): Promise<ListeningServer> {
  const { url, issuer, data, close } = await start(config, outside)
  return { url, issuer, data, close }
}
