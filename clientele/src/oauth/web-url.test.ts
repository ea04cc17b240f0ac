import { expect, it } from 'vitest'
import { hostOfWebUrl, isHttpsUrl, isWebUrl } from './web-url.ts'

it.each(['https://a.example', 'https://a.example/x?y=z#top', 'http://a.example:8080/', 'https://[::1]/#'])(
  '%s is on the web',
  (text) => {
    expect(isWebUrl(text)).toBe(true)
    expect(isHttpsUrl(text)).toBe(text.startsWith('https'))
  },
)

it.each([
  '',
  'a.example',
  '//a.example/',
  'https:a.example',
  'https:///a.example',
  'javascript://a.example/%0aalert(1)',
  'data:text/html,x',
  'ftp://a.example/',
  'com.example:/x',
  'https://u@a.example/',
  'https://a.example/ ',
  'https://a.example/#a b',
  'https://a.example/#a"b',
  'https://a.example/#a#b',
])('%j is not, by its raw text', (text) => {
  expect(isWebUrl(text)).toBe(false)
  expect(isHttpsUrl(text)).toBe(false)
  expect(hostOfWebUrl(text)).toBeUndefined()
})

it('its host is lower-cased and has no port', () => {
  expect(hostOfWebUrl('https://A.Example:8443/x')).toBe('a.example')
  expect(hostOfWebUrl('http://[::1]:80/')).toBe('[::1]')
})
