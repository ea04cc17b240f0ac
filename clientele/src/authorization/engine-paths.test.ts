import { describe, expect, it } from 'vitest'
import { findEngineRoute } from './engine-paths.ts'
import { issuerAddress, pathBelowIssuer } from './issuer-request.ts'

describe('a path of the engine', () => {
  it('is exactly one of its own, or one segment below where a sign-in returns to', () => {
    for (const path of ['/token', '/authorize', '/authorize/uid', '/device/uid', '/end-session/confirm']) {
      expect(findEngineRoute(path), path).toBeDefined()
    }
    for (const path of [
      '/',
      '/TOKEN',
      '/token/',
      '/token/x',
      '/authorize/',
      '/authorize/a/b',
      '/authorizes',
      '/register',
      '/end-session/x',
    ]) {
      expect(findEngineRoute(path), path).toBeUndefined()
    }
  })

  it('is counted from the issuer, whatever form the request target has (RFC 9112 §3.2)', () => {
    const root = issuerAddress('https://id.example')
    const desk = issuerAddress('https://id.example/desk')
    expect(pathBelowIssuer('/token?x=/desk', root)).toBe('/token')
    expect(pathBelowIssuer('/desk/token?a=1', desk)).toBe('/token')
    expect(pathBelowIssuer('http://evil.example/desk/token?a=1', desk)).toBe('/token')
    for (const elsewhere of ['/token', '/desk', '/desktop/token', '//desk/token', '*']) {
      expect(pathBelowIssuer(elsewhere, desk), elsewhere).toBeUndefined()
    }
  })
})
