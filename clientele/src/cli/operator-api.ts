/** Speaks to the running server as its operator: finds it, shows the operator token, sends JSON, reads JSON. */
import type { IncomingMessage } from 'node:http'
import type { Problem } from '../oauth/errors.ts'
import { CommandError } from './command-error.ts'
import { findOperatorTarget, type OperatorTarget } from './find-operator-target.ts'
import { printable } from './printable.ts'
import { renderProblem } from './render-problem.ts'
import {
  type Connection,
  type OperatorRequest,
  type Patience,
  readLines,
  readText,
  sendRequest,
} from './send-request.ts'

/** Which server a command is for. */
export interface OperatorOptions {
  readonly data?: string
  readonly server?: string
  readonly json?: boolean
  readonly clientCert?: string
  readonly clientKey?: string
}

type Method = 'POST' | 'GET' | 'PUT' | 'DELETE'

/** Long enough for a key rotation on a slow machine. */
const TIMEOUT_MILLISECONDS = 30_000

/** Sends `body` to the admin API and returns its answer, or throws a `CommandError` that says why not. */
export async function callOperatorApi(
  path: string,
  body: object | undefined,
  options: OperatorOptions,
  method: Method = 'POST',
): Promise<Record<string, unknown>> {
  const response = await askOperatorApi(path, body, options, method, { inAll: TIMEOUT_MILLISECONDS })
  return parseAnswer(await readText(response))
}

/** The same for an answer of many lines, one JSON object each, as they come. May go on for long; never silent for long. */
export async function* streamOperatorApi(
  path: string,
  body: object,
  options: OperatorOptions,
): AsyncGenerator<Record<string, unknown>> {
  const response = await askOperatorApi(path, body, options, 'POST', { betweenBytes: TIMEOUT_MILLISECONDS })
  try {
    for await (const line of readLines(response)) yield parseAnswer(line)
  } finally {
    // Whoever stops reading has heard enough, and the server stops working.
    response.destroy()
  }
}

async function askOperatorApi(
  path: string,
  body: object | undefined,
  options: OperatorOptions,
  method: Method,
  patience: Patience,
): Promise<IncomingMessage> {
  const target = await findOperatorTarget(options)
  const { clientCert, clientKey } = options
  const request = {
    method,
    headers: { authorization: `Bearer ${target.token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    patience,
  }
  const response = await open(target, path, request, {
    ...(clientCert === undefined ? {} : { clientCert }),
    ...(clientKey === undefined ? {} : { clientKey }),
  })
  const status = response.statusCode ?? 0
  if (status >= 200 && status < 300) return response
  const answer = parseAnswer(await readText(response))
  if (status === 401) throw new CommandError(`The server at ${target.url} does not know this operator token.`)
  const why = answer.error_description ?? answer.error ?? 'no reason given'
  throw new CommandError(
    [`The server at ${target.url} answered ${status}: ${why}`, ...renderProblems(answer.problems)].join('\n'),
  )
}

/** The first stands in the sentence already. */
function renderProblems(problems: unknown): readonly string[] {
  if (!Array.isArray(problems) || problems.length < 2) return []
  return problems.map((problem: Problem) => printable(`  ${renderProblem(problem)}`))
}

async function open(
  { url, certificate }: OperatorTarget,
  path: string,
  request: OperatorRequest,
  shown: Connection,
): Promise<IncomingMessage> {
  try {
    return await sendRequest(url + path, request, {
      ...shown,
      ...(certificate === undefined ? {} : { pinned: certificate }),
    })
  } catch (error) {
    if (error instanceof CommandError) throw error
    if (isAboutTls(error)) {
      throw new CommandError(
        `The server at ${url} refused the TLS connection, or cannot be trusted: ${(error as Error).message}. A server that asks for client certificates needs --client-cert and --client-key.`,
        { cause: error },
      )
    }
    throw new CommandError(`No server answers at ${url}. Start it with: clientele serve`, { cause: error })
  }
}

function isAboutTls(error: unknown): boolean {
  const { code = '' } = error as NodeJS.ErrnoException
  return /SSL|TLS|CERT|SIGNATURE|EPROTO/.test(code)
}

function parseAnswer(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}
