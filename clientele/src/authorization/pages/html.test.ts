import fc from 'fast-check'
import { expect, test } from 'vitest'
import { html, trusted } from './html.ts'

test('a template escapes what it is given, in text and in attributes', () => {
  const hostile = `<script>"'&\``
  expect(html`<p title="${hostile}">${hostile}</p>`.html).toBe(
    '<p title="&lt;script&gt;&quot;&#39;&amp;&#96;">&lt;script&gt;&quot;&#39;&amp;&#96;</p>',
  )
})

test('a template keeps templates, joins lists and drops nothing, false, null and undefined', () => {
  const items = ['<a>', 'b'].map((item) => html`<li>${item}</li>`)
  expect(html`<ul>${items}${false}${null}${undefined}${0}</ul>`.html).toBe(
    '<ul><li>&lt;a&gt;</li><li>b</li>0</ul>',
  )
})

test('only trusted markup is kept as it is', () => {
  expect(html`${trusted('<b>')}${'<b>'}`.html).toBe('<b>&lt;b&gt;')
})

test('no text of any shape leaves its place', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(html`${text}`.html).not.toMatch(/[<>"'`]|&(?!(?:amp|lt|gt|quot|#39|#96);)/)
    }),
  )
})
