import { chmodSync, existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { createTemporaryFolder } from '../../testing/temporary-folder.ts'
import { openDatabase } from './open-database.ts'

const folder = createTemporaryFolder()
afterAll(folder.remove)

const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8)

describe('the database file', () => {
  it('is readable by its owner alone, as are its log and the folder that was made for it', async () => {
    const file = folder.newFile('clientele.db')
    const database = await openDatabase(file)
    database.exec('CREATE TABLE items (content TEXT)')
    expect([modeOf(dirname(file)), modeOf(file), modeOf(`${file}-wal`)]).toEqual(['700', '600', '600'])
    database.close()
  })

  it('is closed to others when it was open to them, and a folder that was there is left alone', async () => {
    const file = folder.newFile('clientele.db')
    mkdirSync(dirname(file), { mode: 0o755 })
    chmodSync(dirname(file), 0o755)
    writeFileSync(file, '')
    chmodSync(file, 0o644)
    const database = await openDatabase(file)
    database.exec('CREATE TABLE items (content TEXT)')
    expect([modeOf(dirname(file)), modeOf(file), modeOf(`${file}-wal`)]).toEqual(['755', '600', '600'])
    database.close()
  })

  it('is written ahead, and every commit waits for the disk', async () => {
    const database = await openDatabase(folder.newFile('clientele.db'))
    const settings = ['journal_mode', 'synchronous', 'foreign_keys', 'locking_mode']
    expect(settings.map((name) => database.pragma(name, { simple: true }))).toEqual([
      'wal',
      2,
      1,
      'exclusive',
    ])
    database.close()
  })

  it('serves one process at a time, and the next one afterwards', async () => {
    const file = folder.newFile('clientele.db')
    const database = await openDatabase(file)
    await expect(openDatabase(file)).rejects.toThrow(`The database ${file} is in use by another process`)
    database.close()
    const next = await openDatabase(file)
    next.close()
  })

  it('is not touched when it is something else', async () => {
    const file = join(folder.path, 'notes.txt')
    writeFileSync(file, 'not a database, but somebody needs it\n'.repeat(100))
    await expect(openDatabase(file)).rejects.toThrow(`The file ${file} is not a SQLite database.`)
    expect(statSync(file).size).toBe(3800)
  })

  it('says what is wrong with a path that cannot be a file', async () => {
    const file = join(folder.path, 'plain')
    writeFileSync(file, '')
    const below = join(file, 'data', 'clientele.db')
    await expect(openDatabase(below)).rejects.toThrow(
      `The database ${below} cannot be created or written: ENOTDIR`,
    )
    await expect(openDatabase(folder.path)).rejects.toThrow('cannot be created or written: EISDIR')
  })

  it('is left alone by a Node that would crash on the driver', async () => {
    const file = folder.newFile('clientele.db')
    await expect(openDatabase(file, '22.13.1')).rejects.toThrow(
      'The SQLite store needs Node 22.14.0 or newer; this is 22.13.1.',
    )
    expect(existsSync(file)).toBe(false)
  })
})
