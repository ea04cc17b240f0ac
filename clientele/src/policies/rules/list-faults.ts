import type { SectionFault } from '../section.ts'
import { type ListValue, normalWords } from './list-rules.ts'

/** What is wrong with a table on a list of names, whatever is registered. */
export function findListFaults(table: ListValue, supported: readonly string[]): readonly SectionFault[] {
  const { allowed, required = [], force, default: standard, requires = {}, not_together: apart = [] } = table
  const faults: SectionFault[] = []
  const error = (path: string, message: string) => faults.push({ severity: 'error', path, message })
  const warning = (path: string, message: string) => faults.push({ severity: 'warning', path, message })
  const isIn = (list: readonly string[], value: string) => list.map(normalWords).includes(normalWords(value))

  for (const value of allowed ?? []) {
    if (!isIn(supported, value))
      warning('allowed', `${value} is not supported by this server, and never granted`)
  }
  for (const [path, values] of Object.entries({ required, force: force ?? [], default: standard ?? [] })) {
    for (const value of values) {
      if (!isIn(supported, value)) error(path, `${value} is not supported by this server`)
      else if (allowed && !isIn(allowed, value)) error(path, `${value} is not among the allowed ones`)
    }
  }
  for (const [path, values] of Object.entries({ force, default: standard })) {
    if (!values) continue
    for (const value of required) {
      if (!isIn(values, value)) error(path, `lacks ${value}, which is required`)
    }
    for (const [value, others] of Object.entries(requires)) {
      const lacking = isIn(values, value) ? others.filter((other) => !isIn(values, other)) : []
      if (lacking.length > 0) error(path, `has ${value} without ${lacking.join(' and ')}`)
    }
    for (const set of apart) {
      if (set.every((value) => isIn(values, value))) error(path, `has ${set.join(' and ')} together`)
    }
  }
  for (const [value, others] of Object.entries(requires)) {
    const never = allowed ? others.filter((other) => !isIn(allowed, other)) : []
    if (never.length > 0)
      warning(`requires.${value}`, `${never.join(' and ')} is not allowed, so ${value} is never granted`)
  }
  for (const [index, set] of apart.entries()) {
    if (set.every((value) => isIn(required, value))) {
      error(`not_together.${index}`, 'all of these are required, so nobody could register')
    } else if (allowed && !set.every((value) => isIn(allowed, value))) {
      warning(`not_together.${index}`, 'never acts: one of these is not allowed')
    }
  }
  return faults
}
