/**
 * Loaded into the measured process before anything else (`--expose-gc --import`): at SIGUSR2 it collects what nobody needs
 * any more and writes what is left, in bytes, into the file that `BENCH_MEMORY` names.
 */
import { renameSync, writeFileSync } from 'node:fs'

const file = process.env.BENCH_MEMORY!

process.on('SIGUSR2', () => {
  globalThis.gc?.()
  globalThis.gc?.()
  const { rss, heapUsed, external } = process.memoryUsage()
  writeFileSync(`${file}.new`, JSON.stringify({ rss, heapUsed, external }))
  renameSync(`${file}.new`, file)
})
