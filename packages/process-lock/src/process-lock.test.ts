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
import { formatOwner, getThisProcess } from './owner.ts'

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
  it('runs tasks with the same name one after the other, in the order of the calls', async () => {
    const lock = processLock({ directory: await temporaryFolder() })
    const order: number[] = []
    await Promise.all(
      [1, 2, 3, 4].map((number) =>
        lock.withLock('a', async () => {
          order.push(number)
          await new Promise((resolve) => setImmediate(resolve))
          order.push(number)
        }),
      ),
    )
    expect(order).toEqual([1, 1, 2, 2, 3, 3, 4, 4])
  })

  it('returns what the task returns, throws what it throws, and is free after both', async () => {
    const lock = processLock({ directory: await temporaryFolder() })
    const failure = new Error('the task failed')
    await expect(lock.withLock('a', () => Promise.reject(failure))).rejects.toBe(failure)
    expect(await lock.withLock('a', async () => 7, { timeoutMs: 0 })).toBe(7)
  })

  it('leaves no file behind on Linux', async () => {
    const directory = await temporaryFolder()
    await processLock({ directory }).withLock('a', async () => {})
    if (links) expect(await readdir(directory)).toEqual([])
  })

  it('times out for callers in the same process and in others', async () => {
    const directory = await temporaryFolder()
    const lock = processLock({ directory, timeoutMs: 30 })
    await lock.withLock('a', async () => {
      for (const other of [lock, processLock({ directory, timeoutMs: 30 })]) {
        const thrown = await other.withLock('a', async () => {}).catch((reason: unknown) => reason)
        expect(thrown).toBeInstanceOf(LockTimeoutError)
        // Node's timers sometimes fire a millisecond or two early.
        expect((thrown as LockTimeoutError).waitedMs).toBeGreaterThan(20)
      }
    })
    expect(await lock.withLock('a', async () => 'free again')).toBe('free again')
  })

  it('rejects an unknown option, before the task runs', async () => {
    const directory = await temporaryFolder()
    expect(() => processLock({ directory, ...{ timeout: 30 } })).toThrow(
      new TypeError('timeout is not an option here. Known: directory, timeoutMs.'),
    )
    const task = vi.fn(async () => {})
    await expect(processLock({ directory }).withLock('a', task, { timeout: 0 } as object)).rejects.toThrow(
      new TypeError('timeout is not an option here. Known: timeoutMs.'),
    )
    expect(task).not.toHaveBeenCalled()
  })

  it('accepts only names that are safe file names', async () => {
    const lock = processLock({ directory: await temporaryFolder() })
    for (const name of ['', '.', '../a', 'a/b', 'a.lock-1', 'A', 'a b', 'ä', 'x'.repeat(121)]) {
      await expect(lock.withLock(name, async () => {})).rejects.toThrow(TypeError)
    }
  })

  it('reports that it was removed by hand when it is checked', async () => {
    const directory = await temporaryFolder()
    await processLock({ directory }).withLock('a', async ({ signal, isHeld }) => {
      expect(await isHeld()).toBe(true)
      for (const name of await readdir(directory)) await unlink(join(directory, name))
      expect(await isHeld()).toBe(false)
      expect(signal.reason).toMatchObject({ code: 'lock_lost' })
    })
  })

  it.runIf(links).each([
    ['in another container', { namespace: 'pid:[1]' }, 45],
    ['on another machine', { boot: 'another boot', host: 'another host' }, 600],
  ])('of an owner %s is taken over after a long silence', async (_where, elsewhere, limit) => {
    const directory = await temporaryFolder()
    const link = join(directory, 'a.lock-1')
    await symlink(formatOwner({ ...(await getThisProcess()), ...elsewhere }), link)
    const lock = processLock({ directory, timeoutMs: 0 })
    const secondsAgo = (seconds: number) => new Date(Date.now() - seconds * 1000)
    await lutimes(link, secondsAgo(limit - 30), secondsAgo(limit - 30))
    await expect(lock.withLock('a', async () => {})).rejects.toThrow(LockTimeoutError)
    await lutimes(link, secondsAgo(limit + 1), secondsAgo(limit + 1))
    const endPause = holdTimers()
    const attempt = lock.withLock('a', async () => readdir(directory))
    await endPause()
    expect(await attempt).toEqual(['a.floor', 'a.lock-2'])
  })

  it.runIf(links)(
    'of an owner in another container stays locked when the owner wakes after a sleep of the machine',
    async () => {
      const directory = await temporaryFolder()
      const link = join(directory, 'a.lock-1')
      await symlink(formatOwner({ ...(await getThisProcess()), namespace: 'pid:[1]' }), link)
      await lutimes(link, 1, 1)
      const endPause = holdTimers()
      const attempt = expect(processLock({ directory, timeoutMs: 0 }).withLock('a', async () => {})).rejects.toThrow(
        LockTimeoutError,
      )
      await endPause(() => lutimes(link, new Date(), new Date()))
      await attempt
    },
  )

  it.runIf(links)('of an owner that slept too long lets no process in before its successor', async () => {
    const directory = await temporaryFolder()
    const lock = processLock({ directory, timeoutMs: 0 })
    const successor = join(directory, 'a.lock-2')
    vi.useFakeTimers({ toFake: ['Date'] })
    onTestFinished(() => void vi.useRealTimers())
    await lock.withLock('a', async ({ isHeld }) => {
      vi.advanceTimersByTime(3_600_000)
      // The owner shows that it is alive, and at that moment another process takes the lock over.
      expect(await isHeld()).toBe(true)
      await symlink(formatOwner(await getThisProcess()), successor)
    })
    expect(await readlink(join(directory, 'a.lock-1'))).toBe('released')
    await expect(lock.withLock('a', async () => {})).rejects.toThrow(LockTimeoutError)
    await unlink(successor)
    expect(await lock.withLock('a', async () => readdir(directory))).toEqual(['a.floor', 'a.lock-2'])
  })

  it.runIf(links).each([
    ['a link to something else', (path: string) => symlink('garbage', path)],
    ['a file', (path: string) => writeFile(path, '2')],
    ['a folder', (path: string) => mkdir(path)],
  ])('is rejected, with the path and what to do, if %s is in place of its floor', async (_, put) => {
    const directory = await temporaryFolder()
    const floor = join(directory, 'a.floor')
    await put(floor)
    const attempt = processLock({ directory }).withLock('a', async () => {})
    await expect(attempt).rejects.toThrow(new UnsafePathError(floor, 'does not belong to a lock', 'Remove it'))
    await rm(floor, { recursive: true })
    expect(await processLock({ directory }).withLock('a', async () => 'free')).toBe('free')
  })

  it.runIf(links)('shows that its owner is alive to processes that cannot see it', async () => {
    const directory = await temporaryFolder()
    await processLock({ directory }).withLock('a', async ({ isHeld }) => {
      const link = join(directory, 'a.lock-1')
      expect(await readlink(link)).toContain(`&pid=${process.pid}&`)
      await lutimes(link, 1, 1)
      await isHeld()
      expect((await lstat(link)).mtimeMs).toBeGreaterThan(Date.now() - 60_000)
    })
  })

  it.runIf(links)('with an unknown format is left alone', async () => {
    const directory = await temporaryFolder()
    await symlink('user@host.1:2', join(directory, 'a.lock-1'))
    await expect(processLock({ directory, timeoutMs: 5 }).withLock('a', async () => {})).rejects.toThrow(
      LockTimeoutError,
    )
  })
})

describe('a private folder', () => {
  it('is created with mode 0700, like its missing parents', async () => {
    const folder = join(await temporaryFolder(), 'above', 'below')
    await preparePrivateDirectory(folder)
    for (const path of [folder, join(folder, '..')]) expect((await stat(path)).mode & 0o777).toBe(0o700)
    await preparePrivateDirectory(folder)
  })

  it('is rejected unchanged if other users can open it or if it is a link or a file', async () => {
    const above = await temporaryFolder()
    const folder = join(above, 'folder')
    await mkdir(folder)
    const expectRejected = (problem: RegExp) =>
      expect(preparePrivateDirectory(folder)).rejects.toMatchObject({
        code: 'unsafe_path',
        path: folder,
        problem: expect.stringMatching(problem),
      })
    await chmod(folder, 0o750)
    await expectRejected(/^is open to other users \(mode 750\)$/)
    expect((await stat(folder)).mode & 0o777).toBe(0o750)
    await rm(folder, { recursive: true })
    await symlink(above, folder)
    await expectRejected(/^is a symbolic link$/)
    await rm(folder)
    await writeFile(folder, '')
    await expectRejected(/^is not a folder$/)
    expect(await preparePrivateDirectory(folder).catch((thrown: unknown) => thrown)).toBeInstanceOf(UnsafePathError)
  })

  it.runIf(root)('is rejected if it belongs to another user', async () => {
    const folder = join(await temporaryFolder(), 'folder')
    await mkdir(folder, { mode: 0o700 })
    await chown(folder, 12_345, 12_345)
    await expect(preparePrivateDirectory(folder)).rejects.toMatchObject({
      problem: 'belongs to another user (uid 12345, this is 0)',
    })
  })
})
