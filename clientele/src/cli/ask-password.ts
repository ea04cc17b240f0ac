import { CommandError } from './command-error.ts'

const ENTER = new Set(['\r', '\n'])
const BACKSPACE = new Set(['\x7f', '\b'])
const GIVE_UP = new Set(['\x03', '\x04'])
const CLEAR_LINE = '\x15'

/** Asks on the terminal without showing what is typed. The question goes to standard error: standard output may be a file. */
export function askPassword(question: string): Promise<string> {
  const { stdin, stderr } = process
  return new Promise((resolve, reject) => {
    let typed: string[] = []
    const finish = (act: () => void) => {
      stdin.off('data', read)
      stdin.setRawMode(false)
      stdin.pause()
      stderr.write('\n')
      act()
    }
    const read = (chunk: string) => {
      for (const character of chunk) {
        if (ENTER.has(character)) return finish(() => resolve(typed.join('')))
        if (GIVE_UP.has(character)) return finish(() => reject(new CommandError('Nothing was changed.')))
        if (BACKSPACE.has(character)) typed.pop()
        else if (character === CLEAR_LINE) typed = []
        else typed.push(character)
      }
    }
    stderr.write(question)
    stdin.setEncoding('utf8')
    stdin.setRawMode(true)
    stdin.on('data', read)
    stdin.resume()
  })
}
