/** Configuration in, a running server out: takes the folder, the socket and the store in turn, and gives them back. */
import type { HostGateOptions } from '../gates/host-function.ts'
import type { OperatorVerbs } from '../http/endpoints/admin-routes.ts'
import { type Clock, systemClock } from '../runtime/clock.ts'
import { systemEventLoop } from '../runtime/event-loop.ts'
import { type Log, silentLog } from '../runtime/log.ts'
import { nodeVersion } from '../runtime/node-version.ts'
import { openSqliteStore } from '../stores/sqlite.ts'
import type { Store } from '../stores/store.ts'
import { assemble } from './assemble.ts'
import { checkNodeVersion } from './check-node-version.ts'
import { checkSealingKey } from './check-sealing-key.ts'
import type { Config } from './config-schema.ts'
import { openDataFolder } from './data-folder.ts'
import { lockFolder } from './folder-lock.ts'
import { defaultIssuer, hostInUrl } from './issuer.ts'
import { listen } from './listen.ts'
import { openOperatorToken } from './operator-token.ts'
import { createReadOrigin } from './request-origin.ts'
import { openSealer } from './sealing-key.ts'
import { serveRequests } from './serve-requests.ts'
import { deleteServerAddress, writeServerAddress } from './server-address.ts'
import { StartError } from './start-error.ts'
import { startSweep } from './sweep.ts'
import { readTls } from './tls.ts'
import { warnOfRisks } from './warn-of-risks.ts'

/** What the server takes from outside; a program that starts one brings its own where it wants to. */
export interface Outside {
  readonly log?: Log
  readonly clock?: Clock
  /**
   * Whether the process runs this server and nothing else. Its global `Request` and `Response` are then replaced by lighter
   * ones, which saved 18 µs of processor a registration; another program's globals are left alone.
   */
  readonly ownsProcess?: boolean
  /** The host application's own say in who may register, asked before every gate of the configuration. */
  readonly host?: HostGateOptions
}

export interface RunningServer extends OperatorVerbs {
  /** Where it listens, as reached from this machine, without a closing slash. */
  readonly url: string
  readonly issuer: string
  /** The data folder's absolute path. */
  readonly data: string
  /** Finishes the requests that are running, closes the store, frees the folder. Idempotent. */
  close(): Promise<void>
}

/** Starts a server. Throws `StartError` with a sentence when it cannot, and leaves nothing open then. */
export async function startServer(config: Config, outside: Outside = {}): Promise<RunningServer> {
  const { log = silentLog, clock = systemClock, ownsProcess = false, host } = outside
  checkNodeVersion(nodeVersion)
  const tls = readTls(config)
  const undo: (() => unknown)[] = []
  const giveBack = () => undoAll(undo)
  try {
    const folder = openDataFolder(config.server.data)
    // Before the secrets are made: two first starts at once must not each make their own.
    const lock = await lockFolder(folder)
    undo.push(() => lock.release())
    // Of a server that was killed here: by now its port may be anybody's.
    deleteServerAddress(folder)
    const sealer = openSealer(folder, config.server.sealing_key_file)
    const isOperator = openOperatorToken(folder)

    const store = await openStore(folder.database, clock)
    undo.push(() => store.close())
    const eventLoop = systemEventLoop
    undo.push(startSweep({ store, clock, eventLoop, log }))
    // After the store, so that on the way back it drains before the store closes: what was accepted is answered.
    const bounds = { bodyBytes: config.limits.body_bytes, ...(tls === undefined ? {} : { tls }) }
    const listener = await listen(config.server.host, config.server.port, bounds)
    undo.push(() => listener.drain(config.server.drain_seconds))
    const scheme = tls === undefined ? 'http' : 'https'
    const url = `${scheme}://${hostInUrl(reachableHost(config.server.host))}:${listener.port}`
    const issuer = config.server.issuer ?? defaultIssuer(config.server.host, listener.port, scheme)
    warnOfRisks(config, issuer, log)

    await checkSealingKey(store, sealer)
    const isDraining = listener.isDraining
    const deps = { config, issuer, store, sealer, clock, log, isOperator, isDraining, ownsProcess }
    const assembled = await assemble({ ...deps, ...(host === undefined ? {} : { host }) })
    const readOrigin = createReadOrigin(config, log)
    serveRequests(listener, assembled.handle, { log, readOrigin, issuer, ...bounds })
    const certificate = tls === undefined ? {} : { certificate: tls.cert }
    writeServerAddress(folder, { url, issuer, pid: process.pid, ...certificate })
    undo.push(() => deleteServerAddress(folder))
    let closing: Promise<void> | undefined
    return {
      ...assembled.operator,
      url,
      issuer,
      data: folder.path,
      close: () => {
        closing ??= giveBack()
        return closing
      },
    }
  } catch (error) {
    await giveBack()
    throw error
  }
}

/** In reverse order, each one whatever became of the others. */
async function undoAll(steps: (() => unknown)[]): Promise<void> {
  const step = steps.pop()
  if (!step) return
  try {
    await step()
  } finally {
    await undoAll(steps)
  }
}

/** Where a program on this machine finds a server that listens on `host`. */
function reachableHost(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1'
  return host === '::' ? '::1' : host
}

async function openStore(file: string, clock: Clock): Promise<Store> {
  try {
    return await openSqliteStore({ file, clock })
  } catch (error) {
    throw new StartError((error as Error).message, { cause: error })
  }
}
