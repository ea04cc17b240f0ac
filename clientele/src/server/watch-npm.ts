/** How often the parent is looked at: soon enough that a port is free when somebody tries again. */
const PAUSE_MILLISECONDS = 200

/**
 * Calls `onGone` when the npm that started this process has ended. `npm start` and `npx` put a shell between themselves
 * and us; a SIGTERM ends npm and that shell, is not passed on, and would leave a server behind that nobody sees.
 */
export function watchNpm(onGone: () => void): void {
  const parent = process.ppid
  // Started by something else, or sent to the background on purpose: then nobody's end is ours.
  if (process.env.npm_command === undefined || parent <= 1) return
  const timer = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(timer)
    onGone()
  }, PAUSE_MILLISECONDS)
  timer.unref()
}
