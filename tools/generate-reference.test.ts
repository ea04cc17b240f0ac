import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { renderReference } from './generate-reference.ts'

describe('the reference pages', () => {
  for (const [path, text] of renderReference()) {
    it(`${path} says what the code says (npm run generate)`, () => {
      expect(readFileSync(join(import.meta.dirname, '..', path), 'utf8')).toBe(text)
      expect(
        text
          .split('\n')
          .filter((line) => line.startsWith('| `'))
          .every((line) => !/\| *\|/.test(line)),
      ).toBe(true)
    })
  }
})
