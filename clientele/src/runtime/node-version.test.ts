import { expect, it } from 'vitest'
import { isNodeVersionAtLeast, nodeVersion } from './node-version.ts'

it('compares versions as numbers, part by part', () => {
  const compared = ['22.14.0', '22.14.1', '22.9.9', '24.0.0', '9.99.99', '22.14'].map((version) => [
    version,
    isNodeVersionAtLeast(version, '22.14.0'),
  ])
  expect(compared).toEqual([
    ['22.14.0', true],
    ['22.14.1', true],
    ['22.9.9', false],
    ['24.0.0', true],
    ['9.99.99', false],
    ['22.14', true],
  ])
  expect(isNodeVersionAtLeast(nodeVersion, '22.14.0')).toBe(true)
})
