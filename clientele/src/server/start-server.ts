/** Configuration in, a running server out: takes the folder, the socket and the store in turn, and gives them back. */
import type { Connector } from '../connectors/connector.ts'
import type { HostGateOptions } from '../gates/host-function.ts'
import type { OperatorVerbs } from '../http/endpoints/admin-routes.ts'
import { type Clock, systemClock } from '../runtime/clock.ts'
import { systemEventLoop } from '../runtime/event-loop.ts'
import { type Log, silentLog } from '../runtime/log.ts'
import { nodeVersion } from '../runtime/node-version.ts'
import { assemble } from './assemble.ts'
import { checkNodeVersion } from './check-node-version.ts'
import { checkSealingKey } from './check-sealing-key.ts'
import type { Config } from './config-schema.ts'
import { openDataFolder } from './data-folder.ts'
import { lockFolder } from './folder-lock.ts'
import { createHttpBounds } from './http-bounds.ts'
import { defaultIssuer, hostInUrl } from './issuer.ts'
import { listen } from './listen.ts'
import { openCounts } from './open-counts.ts'
import { openStore } from './open-store.ts'
import { openOperatorToken } from './operator-token.ts'
import { createReadOrigin } from './request-origin.ts'
import { openSealer } from './sealing-key.ts'
import { serveRequests } from './serve-requests.ts'
import { deleteServerAddress, writeServerAddress } from './server-address.ts'
import type { FollowersDeps } from './start-followers.ts'
import { startSweep } from './sweep.ts'
import { readTls } from './tls.ts'
import { createRefusalWarning } from './warn-of-refusals.ts'
import { warnOfRisks } from './warn-of-risks.ts'
import { watchSigningKeys } from './watch-signing-keys.ts'

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
  /** The host application's own connectors, besides those of the configuration. */
  readonly connectors?: readonly Connector[]
}

/** A server that listens. */
export interface ListeningServer {
  /** Where it listens, as reached from this machine, without a closing slash. */
  readonly url: string
  readonly issuer: string
  /** The data folder's absolute path. */
  readonly data: string
  /** Finishes the requests that are running, closes the store, frees the folder. Idempotent. */
  close(): Promise<void>
}

/** The same with what its operator can do: programs of others have that from the admin API, and it may change. */
export interface RunningServer extends ListeningServer, OperatorVerbs {}

/** Starts a server. Throws `StartError` with a sentence when it cannot, and leaves nothing open then. */
export async function startServer(config: Config, outside: Outside = {}): Promise<RunningServer> {
  const { log = silentLog, clock = systemClock, ownsProcess = false, host, connectors: own = [] } = outside
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

    const { store, counting, ...shared } = await openStore(config, folder, { clock, log })
    undo.push(() => store.close())
    const { makeCount, ...counts } = await openCounts(config, counting, log)
    undo.push(() => counts.close())
    const eventLoop = systemEventLoop
    // The database user of an authorization host may not touch what counts registrations; the other host sweeps it.
    const registers = config.server.role !== 'authorization'
    const swept = registers ? store : { ...store, deleteExpiredBudgets: async () => 0 }
    const leaseName = registers ? 'sweep' : 'sweep-authorization'
    undo.push(startSweep({ store: swept, counting, leaseName, clock, eventLoop, log }))
    // After the store, so that on the way back it drains before the store closes: what was accepted is answered.
    const { body_bytes: bodyBytes } = config.limits
    const listener = await listen(config.server.host, config.server.port, {
      ...(tls === undefined ? {} : { tls }),
      bodyBytes,
      bounds: createHttpBounds(config),
      onRefused: createRefusalWarning(log, clock),
    })
    undo.push(() => listener.drain(config.server.drain_seconds, config.server.drain_delay_seconds))
    const scheme = tls === undefined ? 'http' : 'https'
    const url = `${scheme}://${hostInUrl(reachableHost(config.server.host))}:${listener.port}`
    const issuer = config.server.issuer ?? defaultIssuer(config.server.host, listener.port, scheme)
    warnOfRisks(config, issuer, log)

    await checkSealingKey(store, sealer)
    const isDraining = listener.isDraining
    const connectors = await openConnectors(config, own, { issuer, clock })
    const deps = {
      ...{
        config,
        issuer,
        store,
        sealer,
        clock,
        log,
        isOperator,
        isDraining,
        ownsProcess,
        connectors,
        makeCount,
      },
      ...shared,
    }
    const assembled = await assemble({ ...deps, ...(host === undefined ? {} : { host }) })
    const readOrigin = createReadOrigin(config, log)
    serveRequests(listener, assembled.handle, { log, readOrigin, issuer, bodyBytes })
    const certificate = tls === undefined ? {} : { certificate: tls.cert }
    writeServerAddress(folder, { url, issuer, pid: process.pid, ...certificate })
    undo.push(() => deleteServerAddress(folder))
    undo.push(await follow(config, { ...deps, eventLoop }))
    if (shared.instance !== undefined) undo.push(watchSigningKeys(assembled.engine, { ...deps, eventLoop }))
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

/** Loaded where there are any: few servers have them, and every start waits for what it loads. */
async function openConnectors(
  config: Config,
  own: readonly Connector[],
  deps: { readonly issuer: string; readonly clock: Clock },
): Promise<readonly Connector[]> {
  const { ory_hydra, keycloak } = config.connectors
  if (ory_hydra.length + keycloak.length + own.length === 0) return []
  const { createConnectors } = await import('./create-connectors.ts')
  return createConnectors(config, own, deps)
}

async function follow(config: Config, deps: FollowersDeps): Promise<() => Promise<void>> {
  if (config.events.webhooks.length + deps.connectors.length === 0) return async () => {}
  const { startFollowers } = await import('./start-followers.ts')
  return startFollowers(config, deps)
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
