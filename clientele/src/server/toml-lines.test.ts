import { describe, expect, it } from 'vitest'
import { createLineFinder } from './toml-lines.ts'

const SOURCE = `# a policy
name = "partner"
extends = "mcp"

[redirect_uris]
hosts = [
  "a.example",  # name = "not a key"
  "b.example",
]
paths = ["/cb"]

[member.client_name]
pattern = '[a-z]+ = x'
note = """
name = "inside"
"""
last = 1

[uris."client_uri"]
https = true
same.host = true

[[deny]]
because = "no"
when = { gates = ["open"] }

[[deny]]
because = "never"

[policies]
default = "x"
[[policies.policy]]
name = "one"
[policies.policy.member.contacts]
max_count = 1
[[policies.policy]]
name = "two"
[policies.policy.member.contacts]
max_count = 2
`

describe('the line of a key in TOML', () => {
  const lineOf = createLineFinder(SOURCE)
  it.each([
    ['a key above the tables', ['extends'], 3],
    ['a table', ['redirect_uris'], 5],
    ['a key of a table', ['redirect_uris', 'hosts'], 6],
    ['an element of a list over several lines is the line of the list', ['redirect_uris', 'hosts', 1], 6],
    ['a key after a list over several lines', ['redirect_uris', 'paths'], 10],
    ['a key of a nested table', ['member', 'client_name', 'pattern'], 13],
    ['a table that is there by its members alone', ['member'], 12],
    ['a key after a long string, whose lines are no keys', ['member', 'client_name', 'last'], 17],
    ['a quoted name', ['uris', 'client_uri', 'https'], 20],
    ['a dotted key', ['uris', 'client_uri', 'same', 'host'], 21],
    ['the first table of an array of tables', ['deny', 0, 'because'], 24],
    ['inside an inline table', ['deny', 0, 'when', 'gates'], 25],
    ['the second table of an array of tables', ['deny', 1, 'because'], 28],
    ['a table below the first of an array', ['policies', 'policy', 0, 'member', 'contacts', 'max_count'], 35],
    [
      'a table below the second of an array',
      ['policies', 'policy', 1, 'member', 'contacts', 'max_count'],
      39,
    ],
    ['a key that is missing is the line of its table', ['policies', 'policy', 1, 'member', 'x'], 38],
    ['nothing at all is the first line', ['nowhere'], 1],
  ])('%s', (_name, path, line) => {
    expect(lineOf(path)).toBe(line)
    expect(createLineFinder(SOURCE.replaceAll('\n', '\r\n'))(path)).toBe(line)
  })
})
