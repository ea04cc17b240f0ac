import { readFileSync } from 'node:fs'
import { parse } from 'smol-toml'
import { expect, it } from 'vitest'
import { parseConfig } from '../clientele/src/server/config.ts'
import { CONFIG_KEYS } from '../clientele/src/server/config-keys.ts'
import { readToml } from '../clientele/src/server/config-sources.ts'
import { renderSampleConfig, SAMPLE_CONFIG } from '../tools/generate-sample-config.ts'

it('clientele.example.toml is what the schema says (npm run generate writes it)', () => {
  expect(readFileSync(SAMPLE_CONFIG, 'utf8')).toBe(renderSampleConfig())
})

it('the sample as it stands changes nothing', () => {
  expect(readToml(renderSampleConfig(), 'sample').filter(({ path }) => path.includes('.'))).toEqual([])
})

it('every key of the sample can be uncommented, and then holds its default', () => {
  const uncommented = renderSampleConfig().replaceAll(/^# ([a-z_]+ = )/gm, '$1')
  const settings = readToml(uncommented, 'sample')
  expect(settings.map(({ path }) => path)).toEqual(CONFIG_KEYS.map(({ path }) => path))
  // A key without a default shows an example instead, which would change what holds.
  const withDefault = new Set(
    CONFIG_KEYS.filter(({ standard }) => standard !== undefined).map(({ path }) => path),
  )
  const lines = uncommented.split('\n')
  const example = (line: string, section: string) => {
    const name = /^([a-z_]+) = /.exec(line)?.[1]
    return name !== undefined && !withDefault.has(`${section}.${name}`)
  }
  let section = ''
  const standards = lines.filter((line) => {
    section = /^\[(.+)\]$/.exec(line)?.[1] ?? section
    return !example(line, section)
  })
  expect(parseConfig(parse(standards.join('\n')))).toEqual(parseConfig({}))
})
