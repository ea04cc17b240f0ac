import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { parseWebhookSecret, signWebhook } from './standard-webhook.ts'

describe('a signature per the Standard Webhooks specification', () => {
  it('is that of the example of the specification', () => {
    const key = parseWebhookSecret('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw')!
    const message = {
      id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      timestamp: 1614265330,
      body: '{"test": 2432232314}',
    }
    expect(signWebhook(message, [key])).toEqual({
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    })
  })

  it('stands once for each key, the newest first', () => {
    const keys = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)]
    const signed = signWebhook({ id: 'i', timestamp: 1, body: 'ä' }, keys)['webhook-signature']
    const by = (key: Buffer) => `v1,${createHmac('sha256', key).update('i.1.ä').digest('base64')}`
    expect(signed).toBe(`${by(keys[0]!)} ${by(keys[1]!)}`)
  })

  it.each([
    '',
    'whsec_',
    `whsec_${Buffer.alloc(23).toString('base64')}`,
    `whsec_${Buffer.alloc(65).toString('base64')}`,
    Buffer.alloc(32).toString('base64'),
    'whsec_not base64 at all, but long enough to be one',
  ])('has no key from %j', (text) => {
    expect(parseWebhookSecret(text)).toBeUndefined()
  })

  it('takes secrets of 24 to 64 bytes', () => {
    for (const size of [24, 32, 64])
      expect(parseWebhookSecret(`whsec_${Buffer.alloc(size, 7).toString('base64')}`)?.length).toBe(size)
  })
})
