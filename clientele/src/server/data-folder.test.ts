import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type DataFolder, openDataFolder } from './data-folder.ts'
import { isFolderLocked, lockFolder } from './folder-lock.ts'
import { openOperatorToken } from './operator-token.ts'
import { readPrivateFile } from './private-file.ts'
import { openSealer } from './sealing-key.ts'
import { writeServerAddress } from './server-address.ts'
import { StartError } from './start-error.ts'

let root: string

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'clientele-folder-'))
})

afterEach(() => {
  rmSync(root, { recursive: true })
})

const modeOf = (path: string) => statSync(path).mode & 0o777
const open = (): DataFolder => openDataFolder(join(root, 'a', 'data'))

describe('the data folder', () => {
  it('is made with its parents, for its owner alone', () => {
    expect(modeOf(open().path)).toBe(0o700)
  })

  it('that is a file, or below one, is refused with a sentence', () => {
    writeFileSync(join(root, 'file'), '')
    expect(() => openDataFolder(join(root, 'file'))).toThrow(StartError)
    expect(() => openDataFolder(join(root, 'file', 'data'))).toThrow(/data folder .* cannot be used: .*file/)
  })

  it('is used by one server at a time; the second one is told where the first is', async () => {
    const folder = open()
    const lock = await lockFolder(folder)
    writeServerAddress(folder, { url: 'http://127.0.0.1:1', issuer: 'http://127.0.0.1:1', pid: 4711 })
    await expect(lockFolder(folder)).rejects.toThrow(
      /Another server .*http:\/\/127\.0\.0\.1:1 \(process 4711\)/,
    )
    expect(modeOf(folder.lock)).toBe(0o600)
    lock.release()
    ;(await lockFolder(folder)).release()
  })

  it('is seen to be taken or free, and looking takes nothing', async () => {
    const folder = open()
    expect(await isFolderLocked(folder)).toBe(false)
    const lock = await lockFolder(folder)
    expect(await isFolderLocked(folder)).toBe(true)
    lock.release()
    expect(await isFolderLocked(folder)).toBe(false)
    ;(await lockFolder(folder)).release()
  })
})

describe('the operator token', () => {
  it('is made at the first start, for its owner alone, and kept', () => {
    const folder = open()
    const isOperator = openOperatorToken(folder)
    const token = readPrivateFile(folder.operatorToken)!.trim()
    expect(token).toMatch(/^cl_op_/)
    expect(modeOf(folder.operatorToken)).toBe(0o600)
    expect(isOperator(token)).toBe(true)
    expect(openOperatorToken(folder)(token)).toBe(true)
  })

  it('is compared whole', () => {
    const folder = open()
    const isOperator = openOperatorToken(folder)
    const token = readPrivateFile(folder.operatorToken)!.trim()
    for (const other of ['', `${token}x`, token.slice(0, -1), token.toUpperCase()])
      expect(isOperator(other)).toBe(false)
  })

  it('of an emptied file is refused, so that an empty text never is the operator', () => {
    const folder = open()
    writeFileSync(folder.operatorToken, '\n')
    expect(() => openOperatorToken(folder)).toThrow(/does not hold an operator token/)
  })

  it('that others could read is taken from them', () => {
    const folder = open()
    openOperatorToken(folder)
    chmodSync(folder.operatorToken, 0o644)
    openOperatorToken(folder)
    expect(modeOf(folder.operatorToken)).toBe(0o600)
  })
})

describe('the sealing key', () => {
  it('is made at the first start, for its owner alone, and opens what it sealed', () => {
    const folder = open()
    const sealed = openSealer(folder, undefined).seal('secret', 'context')
    expect(modeOf(folder.sealingKey)).toBe(0o600)
    expect(openSealer(folder, undefined).open(sealed, 'context')).toBe('secret')
  })

  it('that is missing beside a database stops the start instead of being made anew', () => {
    const folder = open()
    writeFileSync(folder.database, '')
    expect(() => openSealer(folder, undefined)).toThrow(/is missing/)
  })

  it.each(['', 'short', 'A'.repeat(42), `${'A'.repeat(42)}!`, 'A'.repeat(60)])(
    'that is %j is refused',
    (text) => {
      const folder = open()
      writeFileSync(folder.sealingKey, text)
      expect(() => openSealer(folder, undefined)).toThrow(/32 bytes/)
    },
  )

  it('can be a file of the operator, which must exist and keeps its mode', () => {
    const folder = open()
    const own = join(root, 'own.key')
    expect(() => openSealer(folder, own)).toThrow(/does not exist/)
    mkdirSync(join(root, 'x'))
    // As `openssl rand -base64 32` writes it.
    writeFileSync(own, `${Buffer.alloc(32, 255).toString('base64')}\n`, { mode: 0o440 })
    const sealed = openSealer(folder, own).seal('secret', 'context')
    expect(openSealer(folder, own).open(sealed, 'context')).toBe('secret')
    expect(modeOf(own)).toBe(0o440)
  })
})
