import { expect, it } from 'vitest'
import { isOrigin } from './origin.ts'

it.each([
  'https://app.example',
  'https://app.example:8443',
  'http://localhost:5173',
  'http://[::1]:3000',
  'https://xn--bcher-kva.example',
  'capacitor://localhost',
  'chrome-extension://abcdefghijklmnop',
  'app://obsidian.md',
])('%s is an origin as a browser sends it (RFC 6454 §6.2)', (text) => {
  expect(isOrigin(text)).toBe(true)
})

it.each([
  'null',
  '*',
  'https://*.app.example',
  'https://app.example/',
  'https://app.example/path',
  'https://app.example:443',
  'https://APP.example',
  'https://user@app.example',
  'https://bücher.example',
  'app.example',
  'file://',
  'file://x',
  'data://x',
  'capacitor://localhost/path',
  ' https://app.example',
])('%j could never equal one that a browser sends, or is everybody’s', (text) => {
  expect(isOrigin(text)).toBe(false)
})
