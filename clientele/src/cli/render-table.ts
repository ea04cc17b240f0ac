import { renderTime } from './render-time.ts'

/** A row of a list of the admin API. */
export type Row = Readonly<Record<string, unknown>>

/** Rows as lines for a person, one column a member; times by the ending `_at`, what is missing as a dash. */
export function renderTable(rows: readonly Row[], columns: readonly string[]): readonly string[] {
  const head = columns.map((column) => column.replace(/_at$/, '').replaceAll('_', ' ').toUpperCase())
  const lines = [head, ...rows.map((row) => columns.map((column) => renderCell(row[column], column)))]
  const widths = columns.map((_, index) => Math.max(...lines.map((line) => line[index]!.length)))
  return lines.map((line) =>
    line
      .map((cell, index) => cell.padEnd(widths[index]!))
      .join('  ')
      .trimEnd(),
  )
}

function renderCell(value: unknown, column: string): string {
  if (column === 'uses_left' && value === null) return 'unlimited'
  if (column === 'expires_at' && value === null) return 'never'
  if (value === undefined || value === null) return '-'
  if (typeof value === 'number' && column.endsWith('_at')) return renderTime(value)
  if (Array.isArray(value)) return value.join(' ')
  return typeof value === 'string' ? value : JSON.stringify(value)
}
