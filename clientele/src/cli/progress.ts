/** How far a long command is: a bar on a terminal, a line now and then elsewhere. On standard error: the rest is the result. */
export interface Progress {
  show(done: number, total: number): void
  /** Clears the bar. */
  end(): void
}

const WIDTH = 30

/** `isQuiet`: only a terminal is told anything. */
export function startProgress(what: string, isQuiet = false): Progress {
  if (process.stderr.isTTY) return startBar(what)
  return isQuiet ? { show() {}, end() {} } : startLines(what)
}

function startBar(what: string): Progress {
  return {
    show(done, total) {
      const filled = total === 0 ? WIDTH : Math.round((done / total) * WIDTH)
      const bar = `${'#'.repeat(filled)}${'.'.repeat(WIDTH - filled)}`
      process.stderr.write(`\r[${bar}] ${done} of ${total} ${what}`)
    },
    end() {
      process.stderr.write('\r\u001b[2K')
    },
  }
}

/** A line for each tenth. */
function startLines(what: string): Progress {
  let told = 0
  return {
    show(done, total) {
      const tenth = total === 0 ? 10 : Math.floor((done / total) * 10)
      if (tenth <= told) return
      told = tenth
      process.stderr.write(`${done} of ${total} ${what}\n`)
    },
    end() {},
  }
}
