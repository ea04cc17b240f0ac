import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ArtifactRecord } from '../../clientele/src/stores/store.ts'
import { createBrowser, login } from './authorization-code.ts'
import { startTestServer, type TestServer } from './authorization-fixture.ts'

const HOUR = 3600
const DAY = 24 * HOUR

describe('a session', () => {
  const saved: ArtifactRecord[] = []
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer({
      wrapStore: (store) => ({
        ...store,
        saveArtifact(artifact) {
          if (artifact.kind === 'Session') saved.push(artifact)
          return store.saveArtifact(artifact)
        },
      }),
    })
  })
  afterAll(() => server.close())
  const lifetime = () => (saved.at(-1)?.expiresAt ?? 0) - Math.floor(Date.now() / 1000)

  it.each(['/device', '/end-session'])('that %s opens for a stranger lives an hour', async (path) => {
    saved.length = 0
    await createBrowser(server).go(server.issuer + path)
    expect(saved.length).toBeGreaterThan(0)
    expect(lifetime()).toBeGreaterThan(HOUR - 60)
    expect(lifetime()).toBeLessThanOrEqual(HOUR)
  })

  it('lives as long as is configured from the sign-in on, also one that a stranger began', async () => {
    const client = await server.register({})
    const browser = createBrowser(server)
    await browser.go(`${server.issuer}/device`)
    await login(server, client, {}, browser)
    expect(lifetime()).toBeGreaterThan(14 * DAY - 60)
    expect(lifetime()).toBeLessThanOrEqual(14 * DAY)
    // And it is the one that the browser still has at the next visit.
    const before = browser.jar.get('clientele_session')
    await login(server, client, {}, browser)
    expect(browser.jar.get('clientele_session')).toBe(before)
    expect(lifetime()).toBeGreaterThan(14 * DAY - 60)
  })
})
