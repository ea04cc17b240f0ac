/**
 * The candidate that `text` was most likely meant to be: the one with the fewest edits, if they are few enough for the
 * length of the word.
 */
export function findNearest(text: string, candidates: readonly string[]): string | undefined {
  let nearest: string | undefined
  let fewest = Math.max(2, Math.ceil(text.length / 3)) + 1
  for (const candidate of candidates) {
    const edits = countEdits(text.toLowerCase(), candidate.toLowerCase(), fewest)
    if (edits >= fewest) continue
    fewest = edits
    nearest = candidate
  }
  return nearest
}

/** Levenshtein distance, given up when it reaches `enough`. */
function countEdits(a: string, b: string, enough: number): number {
  if (Math.abs(a.length - b.length) >= enough) return enough
  let row = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const replaced = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1))
    }
    row = next
  }
  return row[b.length]!
}
