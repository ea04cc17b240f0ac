import { expect, it } from 'vitest'
import { pathOfIssuer } from './paths.ts'

it('the path of an issuer has no closing slash (RFC 8414 §3.1)', () => {
  expect(pathOfIssuer('https://as.example')).toBe('')
  expect(pathOfIssuer('https://as.example/')).toBe('')
  expect(pathOfIssuer('https://as.example:8443/a/b/')).toBe('/a/b')
})
