/** Writes clientele.example.toml from the configuration schema: every key with its default, its sentence, its variable. */
import { writeFileSync } from 'node:fs'
import { CONFIG_SECTIONS, type ConfigKey } from '../clientele/src/server/config-keys.ts'

const WIDTH = 100

export const SAMPLE_CONFIG = new URL('../clientele.example.toml', import.meta.url)

const HEAD = [
  '# Clientele reads clientele.toml from the folder in which it is started, or the file named with --config.',
  '# Each key below shows its default; take away the # to change it. The environment wins over this file, flags',
  '# win over both. Written from the schema by: npm run generate',
]

/** The sample configuration file. */
export function renderSampleConfig(): string {
  const sections = CONFIG_SECTIONS.filter(({ keys }) => keys.length > 0).map((section) =>
    [...comment(section.description), `[${section.name}]`, ...section.keys.flatMap(renderKey)].join('\n'),
  )
  return `${[HEAD.join('\n'), ...sections].join('\n\n')}\n`
}

function renderKey(key: ConfigKey): readonly string[] {
  const value = key.standard ?? key.example
  return [
    '',
    ...comment(key.description),
    ...comment(`Allowed: ${key.allowed}.`),
    `# Environment: ${key.environment}`,
    // JSON texts, numbers, booleans and lists of these are TOML as well.
    `# ${key.name} = ${JSON.stringify(value).replaceAll('","', '", "')}`,
  ]
}

function comment(text: string): readonly string[] {
  const lines = ['#']
  for (const word of text.split(' ')) {
    const last = lines[lines.length - 1]!
    if (last.length + 1 + word.length <= WIDTH) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(`# ${word}`)
  }
  return lines
}

if (import.meta.main) writeFileSync(SAMPLE_CONFIG, renderSampleConfig())
