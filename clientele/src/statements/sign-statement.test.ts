import { decodeJwt } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import type { JsonObject } from '../oauth/json.ts'
import { generateIssuerKey, type IssuerKey } from './issuer-key.ts'
import { type NewStatement, signStatement } from './sign-statement.ts'

let key: IssuerKey
beforeAll(async () => {
  key = await generateIssuerKey('ES256')
})

const clock = { milliseconds: () => 1_795_219_200_000 }
const sign = (changes: Partial<NewStatement>) =>
  signStatement({ issuer: 'https://issuer.example', metadata: {}, ...changes }, key, clock)

describe('a statement that every server would refuse, or that would not say what it seems to, is not signed:', () => {
  it.each<[JsonObject, string]>([
    [{ exp: 'tomorrow' }, 'exp is a claim of the statement itself'],
    [{ nbf: 99_999_999_999 }, 'nbf is a claim of the statement itself'],
    [{ aud: 7 }, 'aud is a claim of the statement itself'],
    [{ iss: 'https://other.example' }, 'iss is a claim of the statement itself'],
    [{ redirect_urls: ['https://app.example/'] }, 'redirect_urls is no member of client metadata'],
    [{ redirect_hosts: ['app.example'] }, 'redirect_hosts is no member of client metadata'],
    [{ contacts: [] }, 'contacts is no member of client metadata, or has no value'],
    [{ contacts: 7 }, 'contacts must be'],
    [{ redirect_uris: ['https://app.example/#f'] }, 'redirect_uris must not have a fragment'],
    [{ jwks_uri: 'https://app.example/jwks', jwks: { keys: [] } }, 'jwks must not be sent together'],
  ])('%j', async (metadata, sentence) => {
    await expect(sign({ metadata })).rejects.toThrow(sentence)
  })

  it.each(['https://x.example/', 'x.example/', 'X.example', 'x.example:443', '*.x.example', '', '[::1]'])(
    'for the redirect host %j',
    async (host) => {
      await expect(sign({ redirectHosts: ['app.example', host] })).rejects.toThrow(
        'is not the name of a host',
      )
    },
  )

  it('of an issuer without a name', async () => {
    await expect(sign({ issuer: '' })).rejects.toThrow('the issuer has no name')
  })
})

it('a good one holds what it was given, and a number of its own (RFC 7519 §4.1.7)', async () => {
  const metadata = { software_id: 'app', 'client_name#de': 'Die App' }
  const statement = await sign({ metadata, redirectHosts: ['app.example'], expiresInSeconds: 60 })
  expect(decodeJwt(statement)).toEqual({
    ...metadata,
    redirect_hosts: ['app.example'],
    iss: 'https://issuer.example',
    iat: 1_795_219_200,
    exp: 1_795_219_260,
    jti: expect.any(String),
  })
})
