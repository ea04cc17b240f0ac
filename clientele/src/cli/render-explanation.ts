import type { Explanation } from '../policies/explanation.ts'
import { printable } from './printable.ts'
import { renderTable } from './render-table.ts'

const LONGEST_CELL = 48

/** A table of what was asked and what was granted, and below it the reasons, a sentence each. */
export function renderExplanation(
  { introduction, members }: Explanation,
  result: 'granted' | 'judged_as' = 'granted',
): readonly string[] {
  const rows = members.map(({ member, requested, granted }) => ({
    member,
    asked: shorten(requested),
    [result]: shorten(granted),
  }))
  const reasons = members.flatMap(({ member, steps }) => steps.map(({ words }) => `${member}: ${words}`))
  return [...introduction, '', ...renderTable(rows, ['member', 'asked', result]), '', ...reasons].map(
    printable,
  )
}

/** A value in a cell; long ones are cut, and stand in full in the answer to `--json`. */
export function shorten(value: unknown): string | undefined {
  if (value === undefined) return undefined
  const isWords = Array.isArray(value) && value.every((each) => typeof each === 'string')
  const text = isWords ? value.join(' ') : typeof value === 'string' ? value : JSON.stringify(value)
  return text.length > LONGEST_CELL ? `${text.slice(0, LONGEST_CELL - 1)}…` : text
}
