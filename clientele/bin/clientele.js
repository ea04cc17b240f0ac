#!/usr/bin/env node
// The command's first step, in JavaScript that every Node.js with modules understands: checks the version, then starts
// the command line. In a clone, where Node.js is pinned as a package, an older Node.js in the shell hands over to it.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import nodeModule, { createRequire } from 'node:module'
import { constants } from 'node:os'
import { fileURLToPath } from 'node:url'

const OLDEST = [22, 19]
const [major, minor] = process.versions.node.split('.').map(Number)
const isNewEnough = major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])

if (isNewEnough) {
  // The sources exist in a clone alone, where a build may be stale; the published package has the build alone.
  const source = new URL('../src/cli/main.ts', import.meta.url)
  const isClone = existsSync(source)
  // What was compiled is kept beside the packages, where whoever can write could change the program itself; where this user
  // may not write there, everything is compiled at each start.
  const kept = new URL(
    isClone ? '../../node_modules/.cache/clientele' : '../../.cache/clientele',
    import.meta.url,
  )
  nodeModule.enableCompileCache?.(fileURLToPath(kept))
  await import(isClone ? source.href : new URL('../dist/cli/main.js', import.meta.url).href)
} else {
  const pinned = findPinnedNode()
  if (pinned === undefined) {
    console.error(`Clientele needs Node.js ${OLDEST.join('.')} or newer; this is ${process.versions.node}.`)
    process.exit(1)
  }
  handOver(pinned)
}

function findPinnedNode() {
  try {
    const program = process.platform === 'win32' ? 'bin/node.exe' : 'bin/node'
    const path = createRequire(import.meta.url).resolve(
      `node-${process.platform.replace('win32', 'win')}-${process.arch}/${program}`,
    )
    return existsSync(path) ? path : undefined
  } catch {
    return undefined
  }
}

function handOver(node) {
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: 'inherit' })
  // A terminal sends Ctrl-C to both processes by itself; passing it on as well would look like a second one.
  process.on('SIGINT', () => process.stdin.isTTY || child.kill('SIGINT'))
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('error', (error) => {
    console.error(`Node.js at ${node} does not start: ${error.message}`)
    process.exit(1)
  })
  child.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]))
}
