/** The version of Node that runs this process: `24.21.0`. */
export const nodeVersion: string = process.versions.node

/** Whether `version` is `least` or newer, part by part; both are plain `major.minor.patch`. */
export function isNodeVersionAtLeast(version: string, least: string): boolean {
  const parts = version.split('.').map(Number)
  const leastParts = least.split('.').map(Number)
  for (const [index, wanted] of leastParts.entries()) {
    const found = parts[index] ?? 0
    if (found !== wanted) return found > wanted
  }
  return true
}
