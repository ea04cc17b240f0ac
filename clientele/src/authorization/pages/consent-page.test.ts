import { expect, test } from 'vitest'
import { type ConsentPage, renderConsentPage } from './consent-page.ts'

const page = (more: Partial<ConsentPage> = {}) =>
  renderConsentPage({
    host: 'id.example',
    client: { name: '<script>alert(1)</script>', links: [] },
    returnsTo: { kind: 'web', where: 'client.example' },
    asked: { scopes: [], claims: [], resources: [] },
    grantedBefore: [],
    action: '/interaction/1',
    formToken: 't',
    ...more,
  })

test('known scopes are in words, unknown ones by name, and hostile ones are text', () => {
  const asked = { scopes: ['openid', 'tools:read', '<img>', '__proto__'], claims: [], resources: [] }
  const body = page({ asked })
  for (const shown of ['Know who you are', 'tools:read', '&lt;img&gt;', '__proto__'])
    expect(body).toContain(shown)
  expect(body).not.toMatch(/<script|<img/)
})

test('single claims are shown before they are granted (OpenID Connect Core 1.0 §5.5)', () => {
  expect(page({ asked: { scopes: [], claims: ['email_verified'], resources: [] } })).toContain(
    'See your email verified',
  )
})

test('every resource is shown with its scopes, each scope once (RFC 8707 §2)', () => {
  const resources = [
    { resource: 'https://a.example/', scopes: ['tools:read'] },
    { resource: 'https://b.example/', scopes: ['tools:read'] },
  ]
  const body = page({ asked: { scopes: [], claims: [], resources } })
  expect(body).toContain('https://a.example/')
  expect(body).toContain('https://b.example/')
  expect(body.match(/<li>tools:read<\/li>/g)).toHaveLength(1)
})

test('the page always says that nobody has verified who asks', () => {
  expect(page()).toContain('Not verified.')
})

test('a registered client is not verified, an unregistered one was never seen before, and neither page says the other', () => {
  const registered = page()
  const unregistered = page({ client: { name: 'notes', links: [], neverSeen: true } })
  expect(registered).toContain('Not verified.')
  expect(registered).not.toContain('Never seen before.')
  expect(unregistered).toContain('Never seen before.')
  expect(unregistered).not.toContain('registered itself')
})
