import fc from 'fast-check'
import { expect, it } from 'vitest'
import { classifyRedirectUri, isRedirectUriAllowed } from '../../clientele/src/oauth/redirect-uri.ts'
import { hostOfWebUrl, isWebUrl } from '../../clientele/src/oauth/web-url.ts'
import { GOOD_URIS, nearUri } from './arbitraries.ts'

/** The judge of redirect URIs against the parser that browsers use: whatever it lets pass, both read alike. */
const RUNS = { numRuns: 2000 }
const LOOPBACK = ['127.0.0.1', '[::1]', 'localhost']

it('an accepted web redirect URI names the same host, port and path to a browser as to us (normative point 21)', () => {
  let accepted = 0
  fc.assert(
    fc.property(nearUri, (uri) => {
      const judged = classifyRedirectUri(uri)
      if (judged.class !== 'https' && judged.class !== 'loopback') return
      accepted++
      const [, scheme, host, port, path] = /^(https?):\/\/(\[[^\]]*\]|[^:/?]*)(?::(\d+))?([^?]*)/i.exec(uri)!
      const url = new URL(uri)
      expect(url.protocol).toBe(`${scheme!.toLowerCase()}:`)
      expect(url.hostname).toBe(new URL(`http://${host}/`).hostname)
      if (!host!.startsWith('[')) expect(url.hostname).toBe(host!.toLowerCase())
      expect(url.port || (url.protocol === 'https:' ? '443' : '80')).toBe(
        port ?? (url.protocol === 'https:' ? '443' : '80'),
      )
      expect(url.pathname).toBe(path || '/')
      expect(url.username + url.password + url.hash).toBe('')
      if (judged.class === 'loopback') expect(LOOPBACK).toContain(url.hostname)
      else expect(url.protocol).toBe('https:')
    }),
    RUNS,
  )
  expect(accepted).toBeGreaterThan(15)
})

it('an accepted private-use redirect URI opens with its own scheme, never one that a browser runs (RFC 7591 §5)', () => {
  fc.assert(
    fc.property(nearUri, (uri) => {
      if (classifyRedirectUri(uri).class !== 'private-use') return
      expect(new URL(uri).protocol).toBe(uri.slice(0, uri.indexOf(':') + 1).toLowerCase())
      expect(uri).not.toMatch(/^\s*(?:javascript|data|vbscript|file|blob|https?)\s*:/i)
    }),
    RUNS,
  )
})

it('any text at all is judged, and refused with a reason when it is refused', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        nearUri,
        fc.string({ unit: 'binary' }),
        fc.webUrl({ withFragments: true, withQueryParameters: true }),
      ),
      (text) => {
        const judged = classifyRedirectUri(text)
        if (judged.class === 'forbidden')
          expect(judged).toMatchObject({
            reason: expect.stringMatching(/^redirect_uri\./),
            rule: expect.any(String),
          })
        else expect(judged).toStrictEqual({ class: judged.class })
        isRedirectUriAllowed([text], `${text}x`)
      },
    ),
    RUNS,
  )
})

it('a presented URI that is not equal is allowed only when both are loopback and the port is all that differs (RFC 8252 §7.3)', () => {
  fc.assert(
    fc.property(fc.constantFrom(...GOOD_URIS), nearUri, (registered, presented) => {
      if (!isRedirectUriAllowed([registered], presented) || registered === presented) return
      const [a, b] = [new URL(registered), new URL(presented)]
      expect(LOOPBACK).toContain(a.hostname)
      a.port = b.port
      expect(a.href).toBe(b.href)
    }),
    RUNS,
  )
})

it('a loopback URI is allowed on every port (RFC 8252 §7.3)', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...LOOPBACK),
      fc.integer({ min: 1, max: 65_535 }),
      fc.integer({ min: 1, max: 65_535 }),
      fc.constantFrom('', '/', '/cb?x=1', '?x'),
      (host, one, other, rest) => {
        expect(isRedirectUriAllowed([`http://${host}:${one}${rest}`], `http://${host}:${other}${rest}`)).toBe(
          true,
        )
        expect(isRedirectUriAllowed([`http://${host}${rest}`], `http://${host}:${other}${rest}`)).toBe(true)
        expect(
          isRedirectUriAllowed([`https://${host}:${one}${rest}`], `https://${host}:${other}${rest}`),
        ).toBe(one === other)
      },
    ),
  )
})

it('a URL that is accepted as one of the web parses, with the host that we read (normative point 21)', () => {
  fc.assert(
    fc.property(nearUri, (text) => {
      if (!isWebUrl(text)) return
      const url = new URL(text)
      expect(['http:', 'https:']).toContain(url.protocol)
      expect(new URL(`http://${hostOfWebUrl(text)}/`).hostname).toBe(url.hostname)
      expect(url.username + url.password).toBe('')
    }),
    RUNS,
  )
})
