import { execFile } from 'node:child_process'
import { chmod, chown, mkdir, readdir, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { findLeaks } from '@particle-grants/test-kit'
import { reportSkipped } from '@particle-grants/test-kit/levels'
import { buildProgram, runProgram } from '@particle-grants/test-kit/programs'
import { describe, expect, it, onTestFinished } from 'vitest'
import { canMount, mountSmallDisk, remount } from '../test/disk.ts'
import { temporaryFolder } from '../test/temporary-folder.ts'
import { fileStore } from './index.ts'

const root = process.getuid?.() === 0
const posix = process.platform !== 'win32'
const secret = 'planted-5ecret-value'
const large = secret.repeat(20_000)
if (!root) reportSkipped('a session file that belongs to another user', 'only root can give one away')

describe('a full disk', () => {
  it.runIf(canMount)('is reported, and saved records stay', async () => {
    const folder = await temporaryFolder()
    mountSmallDisk(folder)
    const store = fileStore({ directory: join(folder, 'sessions') })
    const version = await store.save('session-a', 'kept', null)
    const thrown = await store.save('session-a', large, version).catch((reason: unknown) => reason)
    expect(thrown).toMatchObject({
      code: 'store_unavailable',
      details: { store: 'file', problem: `the disk of ${folder}/sessions is full` },
      message: `The file store cannot be used: the disk of ${folder}/sessions is full. Free some space, or use another folder.`,
    })
    expect(findLeaks(thrown, [secret])).toEqual([])
    expect(await store.load('session-a')).toEqual({ version, value: 'kept' })
    expect((await readdir(join(folder, 'sessions'))).sort()).toEqual(['locks', 'session-a.json'])
    await store.save('session-a', 'small again', version)
  })

  it.runIf(posix)('is reported like a process limit on file sizes', async () => {
    const directory = await temporaryFolder()
    const version = await fileStore({ directory }).save('session-a', 'kept', null)
    const program = await buildProgram(new URL('../test/writer.ts', import.meta.url))
    const command = `ulimit -f 8; exec "${process.execPath}" "${program}" "${directory}" save-large ${version}`
    const { stdout } = await promisify(execFile)('sh', ['-c', command])
    expect(stdout).toBe(
      'store_unavailable: The file store cannot be used: this process may not write files of that size.' +
        ' Raise its limit (ulimit -f).\n',
    )
    expect((await fileStore({ directory }).load('session-a'))?.value).toBe('kept')
    expect((await readdir(directory)).sort()).toEqual(['locks', 'session-a.json'])
  })
})

describe('a read-only folder', () => {
  it.runIf(canMount)('allows loading and rejects changes', async () => {
    const folder = await temporaryFolder()
    mountSmallDisk(folder)
    const directory = join(folder, 'sessions')
    const version = await fileStore({ directory }).save('session-a', 'kept', null)
    // The temporary file of a killed writer cannot be removed there.
    await writeFile(join(directory, `.session-a.json.${crypto.randomUUID()}.tmp`), 'x')
    await writeFile(join(directory, 'session-b.json'), 'damaged')
    remount(folder, 'ro')
    const store = fileStore({ directory })
    expect(await store.load('session-a')).toEqual({ version, value: 'kept' })
    const attempts = [
      () => store.save('session-a', secret, version),
      () => store.remove('session-a', version),
      () => store.withLock('session-a', async () => {}),
    ]
    for (const attempt of attempts) {
      const thrown = await attempt().catch((reason: unknown) => reason)
      expect(thrown).toMatchObject({
        code: 'store_unavailable',
        details: { problem: `${directory} is on a read-only disk` },
      })
      expect(findLeaks(thrown, [secret])).toEqual([])
    }
    await expect(store.load('session-b')).rejects.toMatchObject({
      code: 'store_damaged',
      details: { place: join(directory, 'session-b.json'), keptAt: undefined },
    })
    await expect(fileStore({ directory: join(folder, 'new') }).save('session-a', 'a', null)).rejects.toMatchObject({
      code: 'store_unavailable',
    })
    remount(folder, 'rw')
    expect(await store.load('session-a')).toEqual({ version, value: 'kept' })
  })

  it.runIf(posix)('is reported if its mode makes it read-only', async () => {
    const parent = await temporaryFolder()
    const directory = join(parent, 'sessions')
    await mkdir(directory, { mode: 0o700 })
    await fileStore({ directory }).save('session-a', 'kept', null)
    await rm(join(directory, 'locks'), { recursive: true })
    // Root may write anywhere, so another user has to try.
    const uid = 12_345
    if (root) {
      await chmod(parent, 0o755)
      for (const path of [directory, join(directory, 'session-a.json')]) await chown(path, uid, uid)
    }
    await chmod(directory, 0o500)
    const program = await buildProgram(new URL('../test/writer.ts', import.meta.url))
    const writer = runProgram(program, { args: [directory, 'save-large', 'any'], ...(root ? { uid } : {}) })
    expect(await writer.next()).toMatch(/^store_unavailable: .* this user may not read or write in /)
    await chmod(directory, 0o700)
  })
})

describe('a record of another user', () => {
  it.runIf(root)('is neither read nor written', async () => {
    const directory = await temporaryFolder()
    const store = fileStore({ directory })
    const version = await store.save('session-a', 'kept', null)
    const file = join(directory, 'session-a.json')
    await chown(file, 12_345, 12_345)
    const rejection = {
      code: 'store_unavailable',
      details: { problem: `${file} belongs to another user (uid 12345, this is 0)` },
    }
    await expect(store.load('session-a')).rejects.toMatchObject(rejection)
    await expect(store.save('session-a', 'mine', version)).rejects.toMatchObject(rejection)
    await expect(store.remove('session-a', version)).rejects.toMatchObject(rejection)
    await chown(directory, 12_345, 12_345)
    const problem = `${directory} belongs to another user (uid 12345, this is 0)`
    await expect(fileStore({ directory }).load('session-a')).rejects.toMatchObject({ details: { problem } })
    await chown(directory, 0, 0)
    await chown(file, 0, 0)
    expect(await store.load('session-a')).toEqual({ version, value: 'kept' })
  })

  it.runIf(posix)('is not written to a folder that is open to other users', async () => {
    const directory = await temporaryFolder()
    for (const mode of [0o755, 0o701, 0o770]) {
      await chmod(directory, mode)
      await expect(fileStore({ directory }).save('session-a', 'a', null)).rejects.toMatchObject({
        code: 'store_unavailable',
        message: expect.stringMatching(/\. Run chmod 700 "\/.*"\.$/),
      })
    }
    expect(await readdir(directory)).toEqual([])
  })
})

describe.runIf(posix)('a folder that another one replaces while its store is used', () => {
  it.each([
    ['a link', async (path: string) => symlink(await temporaryFolder(), path), 'is a symbolic link'],
    [
      'a folder that is open to others',
      (path: string) => mkdir(path, { mode: 0o755 }),
      'is open to other users (mode 755)',
    ],
  ])('is rejected by every method: %s', async (_, replace, problem) => {
    const directory = join(await temporaryFolder(), 'sessions')
    const store = fileStore({ directory })
    const version = await store.save('session-a', 'kept', null)
    await rename(directory, `${directory}-before`)
    await replace(directory)
    const attempts = [
      () => store.load('session-a'),
      () => store.save('session-a', 'mine', null),
      () => store.remove('session-a', null),
      () => store.withLock('session-a', async () => {}),
    ]
    for (const attempt of attempts) {
      await expect(attempt()).rejects.toMatchObject({
        code: 'store_unavailable',
        details: { problem: `${directory} ${problem}` },
      })
    }
    expect(await readdir(directory)).toEqual([])
    await rm(directory, { recursive: true })
    await rename(`${directory}-before`, directory)
    expect(await store.load('session-a')).toEqual({ version, value: 'kept' })
  })
})

describe.runIf(posix)('something else in place of a record', () => {
  it.each([
    ['a FIFO', (path: string) => promisify(execFile)('mkfifo', [path])],
    ['a socket', (path: string) => listenUntilTestEnds(path)],
    ['a folder', (path: string) => mkdir(path)],
  ])('is reported and not opened: %s', async (_, put) => {
    const directory = await temporaryFolder()
    const place = join(directory, 'session-a.json')
    await put(place)
    const store = fileStore({ directory })
    for (const attempt of [store.load('session-a'), store.save('session-a', 'a', null)]) {
      await expect(attempt).rejects.toMatchObject({
        code: 'store_unavailable',
        message: `The file store cannot be used: ${place} is not a file. Move it away.`,
      })
    }
  })

  it.runIf(process.platform === 'linux')('is reported with its path if it is the link of a lock', async () => {
    const directory = await temporaryFolder()
    const store = fileStore({ directory })
    await store.withLock('session-a', async () => {})
    const floor = join(directory, 'locks/tasks/session-a.floor')
    await symlink('garbage', floor)
    await expect(store.withLock('session-a', async () => {})).rejects.toMatchObject({
      code: 'store_unavailable',
      message: `The file store cannot be used: ${floor} does not belong to a lock. Remove it.`,
    })
  })
})

async function listenUntilTestEnds(path: string): Promise<void> {
  const server = createServer()
  onTestFinished(() => void server.close())
  await new Promise<void>((resolve) => server.listen(path, resolve))
}

describe('a folder that is removed while its store is used', () => {
  it('has no records, and is created again by the next save', async () => {
    const directory = join(await temporaryFolder(), 'sessions')
    const store = fileStore({ directory })
    await store.save('session-a', 'gone', null)
    await rm(directory, { recursive: true })
    expect(await store.load('session-a')).toBeUndefined()
    const version = await store.save('session-a', 'new', null)
    expect(await store.load('session-a')).toEqual({ version, value: 'new' })
  })

  it('is reported if it cannot be created again', async () => {
    const folder = join(await temporaryFolder(), 'working-folder')
    await mkdir(folder)
    const program = await buildProgram(new URL('../test/writer.ts', import.meta.url))
    const writer = runProgram(program, { args: ['sessions', 'save-from-nowhere', folder] })
    expect(await writer.next()).toBe(
      'store_unavailable: The file store cannot be used: a part of sessions is missing or was removed during use.' +
        ' Try again, or use another folder.',
    )
  })
})

describe('a process that can open no more files', () => {
  it.runIf(posix)('gets this error from every method', async () => {
    const directory = await temporaryFolder()
    await fileStore({ directory }).save('session-a', 'kept', null)
    const program = await buildProgram(new URL('../test/writer.ts', import.meta.url))
    const command = `ulimit -n 100; exec "${process.execPath}" "${program}" "${directory}" use-without-files`
    const { stdout } = await promisify(execFile)('sh', ['-c', command])
    const line =
      'store_unavailable: The file store cannot be used: this process has too many open files.' +
      ' Raise its limit (ulimit -n), or close files that it no longer needs.\n'
    expect(stdout).toBe(line.repeat(4))
    expect((await fileStore({ directory }).load('session-a'))?.value).toBe('kept')
  })
})
