/** A server as a process: its log, its welcome, its signals, its end. */
import { constants } from 'node:os'
import { pathOfIssuer } from '../oauth/paths.ts'
import { systemClock } from '../runtime/clock.ts'
import { systemEventLoop } from '../runtime/event-loop.ts'
import { createLog, type Log } from '../runtime/log.ts'
import type { Config } from './config-schema.ts'
import { createHosts } from './hosts.ts'
import { jsonLines, terminalLines } from './log-destination.ts'
import { type RunningServer, startServer } from './start-server.ts'
import { watchNpm } from './watch-npm.ts'
import { FIRST_TRY, renderWelcome } from './welcome.ts'

/** npm and the terminal both pass Ctrl-C on to us: within this time it is one. */
const SAME_INTERRUPT_MILLISECONDS = 250

/** Serves until SIGTERM or SIGINT, then drains; the exit code. A second signal ends the process at once. */
export async function serve(config: Config): Promise<number> {
  const isTerminal = process.stdout.isTTY === true
  const destination = isTerminal ? terminalLines(process.stdout) : jsonLines(systemEventLoop)
  const log = createLog(config.log.level, destination)
  endOnBug(log, destination.flush)
  const stopped = waitForSignal(destination.flush)
  try {
    const running = await startServer(config, { log, ownsProcess: true })
    if (isTerminal) await printWelcome(running, config)
    const { url, issuer, data } = running
    if (!isTerminal) log.info({ url, issuer, data, pid: process.pid }, 'listening')
    const signal = await stopped
    log.info({ signal }, 'stopping')
    await running.close()
    log.info({}, 'stopped')
    return 0
  } finally {
    destination.flush()
  }
}

async function printWelcome(running: RunningServer, config: Config): Promise<void> {
  const { registration, initial_access_tokens } = config
  const { registrationUrl, registers, authorizes } = createHosts(config, running.issuer)
  const isNeeded =
    registers && registration.enabled && !registration.anonymous && initial_access_tokens.enabled
  const created = isNeeded ? await running.createInitialAccessToken(FIRST_TRY) : undefined
  const welcome = {
    issuer: running.issuer,
    // Over TLS only the public name fits the certificate.
    localUrl:
      config.server.tls.certificate_file === undefined
        ? running.url + pathOfIssuer(running.issuer)
        : running.issuer,
    data: running.data,
    registrationUrl,
    offersRegistration: registration.enabled,
    hasBothRoles: registers && authorizes,
    isAnonymous: registration.anonymous,
    ...(created ? { initialAccessToken: created.token } : {}),
  }
  process.stdout.write(renderWelcome(welcome, !process.env.NO_COLOR))
}

function waitForSignal(flush: () => void): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let first: number | undefined
    const stop = (signal: NodeJS.Signals) => {
      const at = systemClock.milliseconds()
      if (first === undefined) {
        first = at
        return resolve(signal)
      }
      if (signal === 'SIGINT' && at - first < SAME_INTERRUPT_MILLISECONDS) return
      flush()
      process.exit(128 + constants.signals[signal])
    }
    process.on('SIGTERM', stop)
    process.on('SIGINT', stop)
    watchNpm(() => resolve('SIGTERM'))
  })
}

/** What nobody caught has left the server in a state that nobody knows: say so, and let a supervisor start it anew. */
function endOnBug(log: Log, flush: () => void): void {
  const end = (error: unknown) => {
    log.error({ error }, 'unexpected error, the server ends')
    flush()
    process.exit(1)
  }
  process.on('uncaughtException', end)
  process.on('unhandledRejection', end)
}
