import {
  chmod,
  chown,
  lstat,
  lutimes,
  mkdir,
  readdir,
  readlink,
  rm,
  stat,
  symlink,
  unlink,
  writeFile,
} from 'node:fs/promises'
import { join } from 'node:path'
import { reportSkipped } from '@particle-grants/test-kit/levels'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { temporaryFolder } from '../test/temporary-folder.ts'
import { LockTimeoutError, preparePrivateDirectory, processLock, UnsafePathError } from './index.ts'
import { formatOwner, thisProcess } from './owner.ts'

const root = process.getuid?.() === 0
const links = process.platform === 'linux'
if (!root) reportSkipped('a folder that belongs to another user', 'only root can give one away')
if (!links) reportSkipped('locks of other containers', 'links that name their owner are the lock of Linux')

/** Stops `setTimeout`. Returns a function that waits for one pause to begin, runs `during`, and ends the pause. */
function holdTimers() {
  vi.useFakeTimers({ toFake: ['setTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
  return async (during: () => Promise<void> = async () => {}) => {
    await expect.poll(() => vi.getTimerCount()).toBe(1)
    await during()
    vi.runAllTimers()
  }
}

describe('a lock', () => {
  it('runs tasks of one name one after the other, in the order of asking', async () => {
    const lock = processLock({ directory: await temporaryFolder() })
    const order: number[] = []
    await Promise.all(
      [1, 2, 3, 4].map((number) =>
        lock.exclusively('a', async () => {
          order.push(number)
          await new Promise((resolve) => setImmediate(resolve))
          order.push(number)
        }),
      ),
    )
    expect(order).toEqual([1, 1, 2, 2, 3, 3, 4, 4])
  })

  it('passes on what the task gives and throws, and is free after both', async () => {
    const lock = processLock({ directory: await temporaryFolder() })
    const failure = new Error('the task failed')
    await expect(lock.exclusively('a', () => Promise.reject(failure))).rejects.toBe(failure)
    expect(await lock.exclusively('a', async () => 7, { timeout: 0 })).toBe(7)
  })

  it('leaves nothing behind where links name the owner', async () => {
    const directory = await temporaryFolder()
    await processLock({ directory }).exclusively('a', async () => {})
    if (links) expect(await readdir(directory)).toEqual([])
  })

  it('is given up on after the time that was set, by those of its process and by others', async () => {
    const directory = await temporaryFolder()
    const lock = processLock({ directory, timeout: 30 })
    await lock.exclusively('a', async () => {
      for (const other of [lock, processLock({ directory, timeout: 30 })]) {
        const thrown = await other.exclusively('a', async () => {}).catch((reason: unknown) => reason)
        expect(thrown).toBeInstanceOf(LockTimeoutError)
        // Timers of Node come a millisecond or two early now and then.
        expect((thrown as LockTimeoutError).waited).toBeGreaterThan(20)
      }
    })
    expect(await lock.exclusively('a', async () => 'free again')).toBe('free again')
  })

  it('takes names that are safe as names of files, and no others', async () => {
    const lock = processLock({ directory: await temporaryFolder() })
    for (const name of ['', '.', '../a', 'a/b', 'a.lock-1', 'A', 'a b', 'ä', 'x'.repeat(121)]) {
      await expect(lock.exclusively(name, async () => {})).rejects.toThrow(TypeError)
    }
  })

  it('tells at once, when asked, that it was removed by hand', async () => {
    const directory = await temporaryFolder()
    await processLock({ directory }).exclusively('a', async ({ signal, stillHeld }) => {
      expect(await stillHeld()).toBe(true)
      for (const name of await readdir(directory)) await unlink(join(directory, name))
      expect(await stillHeld()).toBe(false)
      expect(signal.reason).toMatchObject({ code: 'lock_lost' })
    })
  })

  it.runIf(links).each([
    ['in another container', { namespace: 'pid:[1]' }, 45],
    ['on another machine', { boot: 'another boot', host: 'another host' }, 600],
  ])('of an owner %s is taken over after a long silence', async (_where, elsewhere, limit) => {
    const directory = await temporaryFolder()
    const link = join(directory, 'a.lock-1')
    await symlink(formatOwner({ ...(await thisProcess()), ...elsewhere }), link)
    const lock = processLock({ directory, timeout: 0 })
    const secondsAgo = (seconds: number) => new Date(Date.now() - seconds * 1000)
    await lutimes(link, secondsAgo(limit - 30), secondsAgo(limit - 30))
    await expect(lock.exclusively('a', async () => {})).rejects.toThrow(LockTimeoutError)
    await lutimes(link, secondsAgo(limit + 1), secondsAgo(limit + 1))
    const endPause = holdTimers()
    const attempt = lock.exclusively('a', async () => readdir(directory))
    await endPause()
    expect(await attempt).toEqual(['a.floor', 'a.lock-2'])
  })

  it.runIf(links)(
    'of an owner in another container stays locked when the owner wakes after a sleep of the machine',
    async () => {
      const directory = await temporaryFolder()
      const link = join(directory, 'a.lock-1')
      await symlink(formatOwner({ ...(await thisProcess()), namespace: 'pid:[1]' }), link)
      await lutimes(link, 1, 1)
      const endPause = holdTimers()
      const attempt = expect(
        processLock({ directory, timeout: 0 }).exclusively('a', async () => {}),
      ).rejects.toThrow(LockTimeoutError)
      await endPause(() => lutimes(link, new Date(), new Date()))
      await attempt
    },
  )

  it.runIf(links)(
    'of an owner that slept and may have been given up lets nobody in below its heir',
    async () => {
      const directory = await temporaryFolder()
      const lock = processLock({ directory, timeout: 0 })
      const heir = join(directory, 'a.lock-2')
      vi.useFakeTimers({ toFake: ['Date'] })
      onTestFinished(() => void vi.useRealTimers())
      await lock.exclusively('a', async ({ stillHeld }) => {
        vi.advanceTimersByTime(3_600_000)
        // It shows itself again, and right then another one goes past.
        expect(await stillHeld()).toBe(true)
        await symlink(formatOwner(await thisProcess()), heir)
      })
      expect(await readlink(join(directory, 'a.lock-1'))).toBe('released')
      await expect(lock.exclusively('a', async () => {})).rejects.toThrow(LockTimeoutError)
      await unlink(heir)
      expect(await lock.exclusively('a', async () => readdir(directory))).toEqual(['a.floor', 'a.lock-2'])
    },
  )

  it.runIf(links)('shows that its owner lives, for those who can’t see it', async () => {
    const directory = await temporaryFolder()
    await processLock({ directory }).exclusively('a', async ({ stillHeld }) => {
      const link = join(directory, 'a.lock-1')
      expect(await readlink(link)).toContain(`:${process.pid}:`)
      await lutimes(link, 1, 1)
      await stillHeld()
      expect((await lstat(link)).mtimeMs).toBeGreaterThan(Date.now() - 60_000)
    })
  })

  it.runIf(links)('of an unknown make is left alone', async () => {
    const directory = await temporaryFolder()
    await symlink('somebody@somewhere.1:2', join(directory, 'a.lock-1'))
    await expect(processLock({ directory, timeout: 5 }).exclusively('a', async () => {})).rejects.toThrow(
      LockTimeoutError,
    )
  })
})

describe('a private folder', () => {
  it('is made with mode 0700, and those above it too', async () => {
    const folder = join(await temporaryFolder(), 'above', 'below')
    await preparePrivateDirectory(folder)
    for (const path of [folder, join(folder, '..')]) expect((await stat(path)).mode & 0o777).toBe(0o700)
    await preparePrivateDirectory(folder)
  })

  it('is refused when it is open to others, a link, a file or another user’s, and not changed', async () => {
    const above = await temporaryFolder()
    const folder = join(above, 'folder')
    await mkdir(folder)
    const refused = (problem: RegExp) =>
      expect(preparePrivateDirectory(folder)).rejects.toMatchObject({
        code: 'unsafe_path',
        path: folder,
        problem: expect.stringMatching(problem),
      })
    await chmod(folder, 0o750)
    await refused(/^is open to other users \(mode 750\)$/)
    expect((await stat(folder)).mode & 0o777).toBe(0o750)
    await rm(folder, { recursive: true })
    await symlink(above, folder)
    await refused(/^is a symbolic link$/)
    await rm(folder)
    await writeFile(folder, '')
    await refused(/^is not a folder$/)
    expect(await preparePrivateDirectory(folder).catch((thrown: unknown) => thrown)).toBeInstanceOf(
      UnsafePathError,
    )
  })

  it.runIf(root)('is refused when it belongs to another user', async () => {
    const folder = join(await temporaryFolder(), 'folder')
    await mkdir(folder, { mode: 0o700 })
    await chown(folder, 12_345, 12_345)
    await expect(preparePrivateDirectory(folder)).rejects.toMatchObject({
      problem: 'belongs to another user (uid 12345, this is 0)',
    })
  })
})
