import { expect, test } from 'vitest'
import type { ClientRecord } from '../../clients/client.ts'
import { clientLinks, clientName, clientView } from './client-view.ts'

const client = (granted: object) => ({ id: 'client-1', granted }) as ClientRecord

test('a name that is missing, or of nothing that can be seen, is the client id', () => {
  for (const granted of [{}, { client_name: '' }, { client_name: ' \u202e\u200b\n' }]) {
    expect(clientView(client(granted), undefined).name).toBe('client-1')
  }
})

test('only https pages become links, and the logo never', () => {
  const view = clientView(
    client({
      client_uri: 'javascript:alert(1)',
      tos_uri: 'http://client.example/tos',
      policy_uri: 'https://client.example/"><script>',
      logo_uri: 'https://tracker.example/logo.png',
    }),
    undefined,
  )
  expect(view.links).toEqual([{ label: 'Privacy policy', url: 'https://client.example/%22%3E%3Cscript%3E' }])
  const markup = (clientLinks(view) as { html: string }).html
  expect(markup).toContain('rel="noreferrer noopener nofollow"')
  expect(markup).not.toContain('tracker')
})

test('a name is kept apart from the text around it, with its language', () => {
  const view = clientView(client({ 'client_name#ar': 'مرحبا<b>' }), 'ar')
  expect(clientName(view).html).toBe('<bdi lang="ar">مرحبا&lt;b&gt;</bdi>')
})
