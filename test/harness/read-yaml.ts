/** YAML documents as values, by Python's parser: no package of ours reads YAML. */
import { execFileSync } from 'node:child_process'
import { describe } from 'vitest'

/** `describe`, for tests that read YAML; without Python and its parser they say that they were skipped. */
export const describeWithYaml = describe.skipIf(!isThere())

const READ = 'import json, sys, yaml; json.dump(list(yaml.safe_load_all(sys.stdin)), sys.stdout, default=str)'

const known = new Map<string, readonly unknown[]>()

/** Every document of a text. Throws where it is not YAML. */
export function readYaml<T>(text: string): readonly T[] {
  const documents =
    known.get(text) ?? JSON.parse(execFileSync('python3', ['-c', READ], { input: text, encoding: 'utf8' }))
  known.set(text, documents)
  return documents
}

function isThere(): boolean {
  try {
    execFileSync('python3', ['-c', 'import yaml'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
