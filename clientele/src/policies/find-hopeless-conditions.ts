/** `[when]` that no request can meet, and policies that another one always comes before. */
import { GATE_NAMES } from '../clients/gate-names.ts'
import { findNearest } from '../runtime/nearest.ts'
import type { Conditions } from './conditions.ts'
import { compileGlob } from './glob.ts'
import type { PolicyFault } from './policy-error.ts'

/** Gates through which nobody comes who could be told from others. */
const NAMELESS_GATES = ['open', 'open_public']

type Path = PolicyFault['path']

/** What in one table of conditions, which stands at `at`, contradicts itself, or names what there is not. */
export function findHopelessConditions(when: Conditions, at: Path = ['when']): readonly PolicyFault[] {
  return [...findClaimFaults(when, at), ...findGateFaults(when, at), ...findUnknownGates(when, at)]
}

function findClaimFaults({ claims = [] }: Conditions, at: Path): readonly PolicyFault[] {
  return claims.flatMap((test, index) => {
    const other = claims.findIndex(
      (each) =>
        each.claim === test.claim && 'equals' in each && 'equals' in test && each.equals !== test.equals,
    )
    if (other === -1 || other > index) return []
    return [fault([...at, 'claims', index], `can never hold beside claims[${other}]: a claim has one value`)]
  })
}

function findGateFaults({ gates, callers, claims }: Conditions, at: Path): readonly PolicyFault[] {
  if (gates === undefined) return []
  const faults: PolicyFault[] = []
  if (claims !== undefined && gates.every((gate) => NAMELESS_GATES.includes(gate))) {
    faults.push(fault([...at, 'claims'], 'can never hold: nobody who comes through these gates has claims'))
  }
  for (const [index, caller] of (callers ?? []).entries()) {
    const gate = caller.split(':')[0]!
    if (gate.includes('*') || gates.includes(gate)) continue
    faults.push(
      fault(
        [...at, 'callers', index],
        `can never hold: gates beside it does not have ${JSON.stringify(gate)}`,
      ),
    )
  }
  return faults
}

/** A warning: a program may bring gates of its own. */
function findUnknownGates({ gates = [] }: Conditions, at: Path): readonly PolicyFault[] {
  return gates.flatMap((gate, index): PolicyFault[] => {
    if ((GATE_NAMES as readonly string[]).includes(gate)) return []
    const nearest = findNearest(gate, GATE_NAMES)
    return [
      {
        severity: 'warning',
        path: [...at, 'gates', index],
        message: `is no gate of this software, and can hold only where a host application brings one of that name${nearest === undefined ? '' : `; the nearest is ${nearest}`}`,
        found: JSON.stringify(gate),
      },
    ]
  })
}

function fault(path: Path, message: string): PolicyFault {
  return { severity: 'error', path, message }
}

/** Whether every request that meets `narrow` meets `wide` too. `false` may be wrong, `true` never is. */
export function covers(wide: Conditions, narrow: Conditions): boolean {
  return (Object.keys(wide) as (keyof Conditions)[])
    .filter((key) => wide[key] !== undefined)
    .every((key) => {
      const [asked, given] = [wide[key]!, narrow[key]]
      if (given === undefined) return false
      // All tests on claims must hold, of the other lists one entry.
      if (key === 'claims') return asked.every((test) => given.some((each) => isSame(each, test)))
      return given.every((entry) => asked.some((each) => isSame(each, entry) || isWithin(key, each, entry)))
    })
}

const GLOBS: readonly (keyof Conditions)[] = [
  'callers',
  'certificate_subjects',
  'software_ids',
  'claimed_software_ids',
]

/** Each `*` of the narrow glob stands where the wide one has a `*` as well, or it would not match it as a text. */
function isWithin(key: keyof Conditions, wide: unknown, narrow: unknown): boolean {
  // `**` asks for one character at least, and a `*` of the narrow glob may be none.
  if (!GLOBS.includes(key) || String(wide).includes('**')) return false
  return compileGlob(String(wide)).matches(String(narrow))
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}
