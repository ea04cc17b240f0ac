import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { html } from './html.ts'
import { renderPage } from './layout.ts'
import { pageHeaders } from './page-headers.ts'

const policyOf = (leavesTo?: string) => pageHeaders({ leavesTo })['Content-Security-Policy']!

test('the one style that the policy allows is the one in the page', () => {
  const page = renderPage({ title: 'T', host: 'h', body: html`` })
  const style = /<style>([\s\S]*)<\/style>/.exec(page)![1]!
  expect(policyOf()).toContain(`style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`)
})

test.each([
  [undefined, "'self'"],
  ['https://client.example/callback', "'self' https:"],
  ['http://127.0.0.1:7/callback', "'self' http:"],
  ['http://[::1]/callback', "'self' http:"],
  ['com.example.app:/callback', "'self' com.example.app:"],
  ["evil;script-src 'unsafe-inline':x", "'self'"],
])('a form that leads to %s may be sent to %s', (leavesTo, sources) => {
  expect(policyOf(leavesTo)).toContain(`form-action ${sources};`)
  expect(policyOf(leavesTo)).not.toContain('unsafe')
})
