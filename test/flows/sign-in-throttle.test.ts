import { afterEach, expect, test } from 'vitest'
import { authorizationUrl, EMAIL, PASSWORD, type SignInSetup, startSignIn } from './sign-in-setup.ts'
import { Visitor } from './sign-in-visitor.ts'

const WEB = 'https://client.example/callback'
const CLIENTS = { web: { client_name: 'Example', redirect_uris: [WEB] } }

let setup: SignInSetup
afterEach(() => setup?.close())

async function attempt(email: string, password: string) {
  const visitor = new Visitor(setup.issuer)
  return visitor.submit(await visitor.open(authorizationUrl(setup, 'web', WEB)), { email, password })
}

test('after a few failures an account waits, even with the right password, and the page says how long', async () => {
  setup = await startSignIn(CLIENTS, {
    sign_in_failures_per_account: 3,
    sign_in_failures_per_address: 100,
    sign_in_window_seconds: 120,
  })
  for (let failure = 0; failure < 3; failure++) expect((await attempt(EMAIL, 'wrong')).status).toBe(400)
  const refused = await attempt(EMAIL, PASSWORD)
  expect(refused.status).toBe(429)
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(60)
  expect(refused.body).toContain('wait 2 minutes')
})

test('an account that does not exist waits as well, so that waiting tells nothing', async () => {
  setup = await startSignIn(CLIENTS, {
    sign_in_failures_per_account: 2,
    sign_in_failures_per_address: 100,
    sign_in_window_seconds: 120,
  })
  for (let failure = 0; failure < 2; failure++)
    expect((await attempt('nobody@example.org', 'wrong')).status).toBe(400)
  expect((await attempt('nobody@example.org', 'wrong')).status).toBe(429)
  expect((await attempt('somebody@example.org', 'wrong')).status).toBe(400)
})

test('one address that tries many accounts waits', async () => {
  setup = await startSignIn(CLIENTS, {
    sign_in_failures_per_account: 100,
    sign_in_failures_per_address: 3,
    sign_in_window_seconds: 120,
  })
  for (let failure = 0; failure < 3; failure++)
    expect((await attempt(`${failure}@example.org`, 'wrong')).status).toBe(400)
  expect((await attempt(EMAIL, PASSWORD)).status).toBe(429)
})

test('of many guesses sent at once no more are looked at than are allowed', async () => {
  setup = await startSignIn(CLIENTS, {
    sign_in_failures_per_account: 3,
    sign_in_failures_per_address: 100,
    sign_in_window_seconds: 120,
  })
  const answers = await Promise.all(Array.from({ length: 12 }, () => attempt(EMAIL, 'wrong')))
  expect(answers.filter(({ status }) => status === 400)).toHaveLength(3)
  expect(answers.filter(({ status }) => status === 429)).toHaveLength(9)
})

test('a right password starts the account afresh', async () => {
  setup = await startSignIn(CLIENTS, {
    sign_in_failures_per_account: 3,
    sign_in_failures_per_address: 100,
    sign_in_window_seconds: 120,
  })
  for (let round = 0; round < 3; round++) {
    expect((await attempt(EMAIL, 'wrong')).status).toBe(400)
    expect((await attempt(EMAIL, 'wrong')).status).toBe(400)
    expect((await attempt(EMAIL, PASSWORD)).status).toBe(200)
  }
})
