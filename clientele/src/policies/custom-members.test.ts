import { Ajv } from 'ajv'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'
import { judgePolicy } from '../../../test/harness/judge-policy.ts'
import type { JsonObject, JsonValue } from '../oauth/json.ts'
import { METADATA_FIELDS, SERVER_MEMBERS } from '../oauth/metadata-fields.ts'
import { parseClientMetadata } from '../oauth/parse-metadata.ts'
import { createFields } from './custom-members.ts'
import { type AjvClass, createSchemaCompiler } from './json-schema.ts'

const compileSchema = createSchemaCompiler({
  draft07: () => Ajv as unknown as AjvClass,
  draft2020: () => Ajv2020 as unknown as AjvClass,
})
const fieldsOf = (name: string, schema: JsonObject) => createFields([{ name, schema }], compileSchema)
const reasonsOf = (schema: JsonObject, value: JsonValue) =>
  parseClientMetadata({ tier: value }, [], fieldsOf('tier', schema)).problems.map(({ reason }) => reason)

describe('a member of the operator’s', () => {
  it('is stored and returned like any other, and its absence is no fault', async () => {
    const fields = fieldsOf('tier', { enum: ['gold', 'silver'] })
    const body = { redirect_uris: ['https://client.example/'], tier: 'gold' }
    expect(await judgePolicy({}, body, { fields })).toMatchObject({ granted: { tier: 'gold' }, problems: [] })
    expect((await judgePolicy({}, { redirect_uris: body.redirect_uris }, { fields })).problems).toEqual([])
  })

  it('is unknown, and ignored, where there is no such row (RFC 7591 §2)', async () => {
    const judged = await judgePolicy({}, { redirect_uris: ['https://client.example/'], tier: 'gold' })
    expect(judged.granted).not.toHaveProperty('tier')
  })

  it('is held to policies', async () => {
    const fields = fieldsOf('tier', { type: 'string' })
    const policy = { member: { tier: { required: true, allowed: ['gold'] } } }
    const body = { redirect_uris: ['https://client.example/'] }
    expect((await judgePolicy(policy, body, { fields })).problems).toEqual(['tier.required'])
    expect((await judgePolicy(policy, { ...body, tier: 'tin' }, { fields })).problems).toEqual([
      'tier.allowed',
    ])
    await expect(judgePolicy({ member: { tier: { default: 5 } } }, body, { fields })).resolves.toBeDefined()
  })

  it('has no language tags', () => {
    const fields = fieldsOf('tier', { type: 'string' })
    expect(parseClientMetadata({ 'tier#fr': 'or' }, [], fields).metadata).toStrictEqual({})
  })
})

describe('its schema', () => {
  it.each<[JsonObject, JsonValue, boolean]>([
    [{ type: 'string', maxLength: 3 }, 'abc', true],
    [{ type: 'string', maxLength: 3 }, 'abcd', false],
    [{ type: 'integer', minimum: 1 }, 1, true],
    [{ type: 'integer', minimum: 1 }, '1', false],
    [{ type: 'string', pattern: '^\\d+$' }, '12', true],
    [{ type: 'string', pattern: '^\\d+$' }, '1x', false],
    [{ type: 'string', pattern: 'b' }, 'abc', true],
    [
      {
        type: 'object',
        properties: { a: { type: 'string', pattern: '^a$' }, b: { type: 'string', pattern: '^b$' } },
      },
      { a: 'a', b: 'b' },
      true,
    ],
    [
      { type: 'object', patternProperties: { '^x': { type: 'number' } }, additionalProperties: false },
      { x1: 1, y: 1 },
      false,
    ],
    [{ type: ['string', 'number'] }, 5, true],
    [{ type: 'object', additionalProperties: false, properties: { a: { type: 'number' } } }, { a: 1 }, true],
    [{ type: 'object', additionalProperties: false, properties: { a: { type: 'number' } } }, { b: 1 }, false],
    [{ type: 'object', required: ['constructor'] }, { a: 1 }, false],
    [{ type: 'string', format: 'uri' }, 'https://a.example/', true],
    [{ type: 'string', format: 'uri' }, 'no', false],
    [{ type: 'string', format: 'date' }, '2026-02-28', true],
    [{ type: 'string', format: 'date' }, '2026-02-30', false],
    [{ type: 'string', format: 'date-time' }, '2026-02-28T10:00:00Z', true],
    [{ type: 'string', format: 'date-time' }, '2026-02-28 10:00', false],
    [{ type: 'string', format: 'email' }, 'a@b.example', true],
    [{ type: 'string', format: 'uuid' }, 'x', false],
    [{ type: 'array', prefixItems: [{ type: 'string' }], minItems: 1, items: false }, ['a'], true],
    [
      {
        $schema: 'http://json-schema.org/draft-07/schema#',
        type: 'array',
        items: [{ type: 'string' }],
        minItems: 1,
        additionalItems: false,
      },
      ['a', 1],
      false,
    ],
  ])('%j takes %j: %s', (schema, value, isGood) => {
    expect(reasonsOf(schema, value)).toStrictEqual(isGood ? [] : ['tier.schema'])
  })

  it('says what is wrong and where, without the value', () => {
    const fields = fieldsOf('tier', {
      type: 'object',
      properties: { a: { type: 'array', items: { type: 'string' } } },
    })
    const { problems } = parseClientMetadata({ tier: { a: ['x', 12345] } }, [], fields)
    expect(problems).toMatchObject([
      {
        member: 'tier',
        reason: 'tier.schema',
        message: 'does not fit the schema of this server: at /a/1 must be string',
      },
    ])
  })

  it.each([
    ['misspelled keywords', { type: 'string', maxLenght: 3 }],
    ['a reference to elsewhere', { $ref: 'https://elsewhere.example/schema' }],
    ['a format that is not checked', { type: 'string', format: 'hostnmae' }],
    ['a pattern that is not RE2', { type: 'string', pattern: '(?=a)' }],
    ['an asynchronous schema', { $async: true, type: 'string' }],
    ['another dialect', { $schema: 'http://json-schema.org/draft-04/schema#' }],
    ['a wrong type', { type: 'strnig' }],
  ])('with %s stops the start', (_, schema) => {
    expect(() => fieldsOf('tier', schema)).toThrow(/is no schema that can be used: /)
  })

  it('runs its patterns in linear time: the values are a stranger’s', () => {
    const begun = performance.now()
    expect(reasonsOf({ type: 'string', pattern: '^(a+)+$' }, `${'a'.repeat(5000)}!`)).toStrictEqual([
      'tier.schema',
    ])
    expect(performance.now() - begun).toBeLessThan(1000)
  })
})

describe('a value of any shape is bounded', () => {
  it.each<[string, JsonValue, string]>([
    ['elements', Array(101).fill(1), 'tier.too_many'],
    ['values', { a: Array(1001).fill(1) }, 'tier.too_many'],
    ['levels', nested(9), 'tier.too_deep'],
    ['characters', 'a\u0000', 'tier.control_character'],
    ['names', { 'a\u202e': 1 }, 'tier.control_character'],
  ])('in its %s', (_, value, reason) => {
    expect(reasonsOf({}, value)).toStrictEqual([reason])
  })

  it('and within the bounds it is anything', () => {
    for (const value of [0, false, nested(8), { a: Array(900).fill('x') }])
      expect(reasonsOf({}, value)).toStrictEqual([])
  })
})

function nested(levels: number): JsonValue {
  let value: JsonValue = {}
  for (let level = 1; level < levels; level++) value = { a: value }
  return value
}

describe('its name', () => {
  it.each([
    ...METADATA_FIELDS.keys(),
    ...SERVER_MEMBERS,
    'software_statement',
    'response_modes',
    'authorization_signed_response_alg',
  ])('is not %s, by which a standard or the server means something', (name) => {
    expect(() => fieldsOf(name, {})).toThrow(/^is a member that/)
  })

  it.each(['', 'a b', 'client_name#fr', '__proto__', 'constructor', '1st', 'naïve', 'x'.repeat(129), 'a=b'])(
    'is not %j',
    (name) => {
      expect(() => fieldsOf(name, {})).toThrow(/^is no name for a member/)
    },
  )

  it('is given once', () => {
    const twice = [
      { name: 'tier', schema: {} },
      { name: 'tier', schema: {} },
    ]
    expect(() => createFields(twice, compileSchema)).toThrow('is the name of another custom member already')
  })
})
