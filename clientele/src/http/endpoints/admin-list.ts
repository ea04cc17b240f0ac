/** Reads a request for a part of a list: `?limit=` and `?from=`, which the part before named as `next`. */
import type { Context } from 'hono'
import type { Page, PageRequest } from '../../admin/credential-state.ts'
import { OAuthError } from '../../oauth/errors.ts'
import { answerAdmin, toWire } from './admin-answer.ts'

const USUAL = 100
const MOST = 1000

export function readPageRequest(c: Context): PageRequest {
  const { limit: wanted = `${USUAL}`, from } = c.req.query()
  const limit = /^\d{1,4}$/.test(wanted) ? Number(wanted) : 0
  if (limit < 1 || limit > MOST) {
    throw new OAuthError('invalid_request', 'limit.out_of_range', `limit must be from 1 to ${MOST}.`)
  }
  return { limit, ...(from === undefined ? {} : { from }) }
}

/** The part under the name of what it lists, with `next` where there is more. */
export function answerPage(name: string, { items, next }: Page<object>): Response {
  return answerAdmin(200, { [name]: items.map(toWire), ...(next === undefined ? {} : { next }) })
}
