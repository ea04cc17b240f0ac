import { afterAll, beforeAll, expect, test } from 'vitest'
import { EMAIL, PASSWORD, type SignInSetup, startSignIn } from './sign-in-setup.ts'
import { Visitor } from './sign-in-visitor.ts'

const DEVICE_CODE = 'urn:ietf:params:oauth:grant-type:device_code'
let setup: SignInSetup
beforeAll(async () => {
  setup = await startSignIn({
    tv: { client_name: 'Living Room TV', grant_types: [DEVICE_CODE], response_types: [] },
  })
})
afterAll(() => setup?.close())

async function askForCode(): Promise<{
  device_code: string
  user_code: string
  verification_uri: string
  verification_uri_complete: string
}> {
  const response = await fetch(`${setup.issuer}/device-authorization`, {
    method: 'POST',
    body: new URLSearchParams({ client_id: setup.clients.tv!.client_id, scope: 'openid email' }),
  })
  return (await response.json()) as Awaited<ReturnType<typeof askForCode>>
}

async function poll(deviceCode: string): Promise<Record<string, unknown>> {
  const response = await fetch(`${setup.issuer}/token`, {
    method: 'POST',
    body: new URLSearchParams({
      client_id: setup.clients.tv!.client_id,
      grant_type: DEVICE_CODE,
      device_code: deviceCode,
    }),
  })
  return (await response.json()) as Record<string, unknown>
}

test('a code, a confirmation, a sign-in and a consent give the device its token (RFC 8628 §3.3)', async () => {
  const code = await askForCode()
  const visitor = new Visitor(setup.issuer)
  const input = await visitor.open(code.verification_uri)
  expect(input.body).toContain('Connect a device')
  const confirm = await visitor.submit(input, { user_code: code.user_code.toLowerCase() })
  expect(confirm.body).toContain('<bdi>Living Room TV</bdi>')
  expect(confirm.body).toContain('Not verified.')
  expect(confirm.body).toContain(code.user_code)
  const signIn = await visitor.submit(confirm, {})
  const consent = await visitor.submit(signIn, { email: EMAIL, password: PASSWORD })
  expect(consent.body).toContain('The device that showed you the code')
  const done = await visitor.submit(consent, { decision: 'allow' })
  expect(done.body).toContain('Device connected')
  expect(done.headers.get('content-security-policy')).toContain("default-src 'none'")
  expect(await poll(code.device_code)).toMatchObject({ token_type: 'Bearer', scope: 'openid email' })
})

test('a wrong code is said to be wrong, in a page with a label and an alert, and can be typed again', async () => {
  const visitor = new Visitor(setup.issuer)
  const input = await visitor.open(`${setup.issuer}/device`)
  const again = await visitor.submit(input, { user_code: '"><script>' })
  expect(again.status).toBe(400)
  expect(again.body).toContain('role="alert"')
  expect(again.body).not.toContain('<script')
  const code = await askForCode()
  expect((await visitor.submit(again, { user_code: code.user_code })).body).toContain('Living Room TV')
})

test('Deny at consent tells the device access_denied (RFC 8628 §3.5)', async () => {
  const code = await askForCode()
  const visitor = new Visitor(setup.issuer)
  const confirm = await visitor.submit(await visitor.open(code.verification_uri), {
    user_code: code.user_code,
  })
  const consent = await visitor.submit(await visitor.submit(confirm, {}), {
    email: EMAIL,
    password: PASSWORD,
  })
  const refused = await visitor.submit(consent, { decision: 'deny' })
  expect(refused.body).toContain('Device not connected')
  expect(await poll(code.device_code)).toMatchObject({ error: 'access_denied' })
})

test('Cancel at the confirmation tells the device access_denied (RFC 8628 §3.5)', async () => {
  const code = await askForCode()
  const visitor = new Visitor(setup.issuer)
  const confirm = await visitor.submit(await visitor.open(code.verification_uri), {
    user_code: code.user_code,
  })
  const refused = await visitor.submit(confirm, { abort: 'yes' })
  expect(refused.body).toContain('Device not connected')
  expect(await poll(code.device_code)).toMatchObject({ error: 'access_denied' })
})

test('a used code cannot be used again', async () => {
  const code = await askForCode()
  const visitor = new Visitor(setup.issuer)
  const confirm = await visitor.submit(await visitor.open(code.verification_uri), {
    user_code: code.user_code,
  })
  await visitor.submit(confirm, {})
  const other = new Visitor(setup.issuer)
  const again = await other.submit(await other.open(code.verification_uri), { user_code: code.user_code })
  expect(again.body).toContain('That code has been used')
})

test('an address of a confirmation that nobody began is a page that asks for a code, never a fault (RFC 8628 §3.3)', async () => {
  const response = await fetch(`${setup.issuer}/device/nobody-began-this`)
  expect(response.status).toBeLessThan(500)
  expect(response.headers.get('content-type')).toContain('text/html')
  const visitor = new Visitor(setup.issuer)
  const page = await visitor.open(`${setup.issuer}/device/nobody-began-this`)
  expect(page.body).toContain('Connect a device')
})
