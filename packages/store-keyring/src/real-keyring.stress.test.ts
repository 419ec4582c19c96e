import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { leaksIn } from '@particle-grants/test-kit'
import { reportCounts, rounds } from '@particle-grants/test-kit/levels'
import { describeWithService } from '@particle-grants/test-kit/services'
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest'
import { KeyringSession } from '../test/keyring-session.ts'
import { ownFolder, ownService } from '../test/stores.ts'
import { bundleWorker, Worker } from '../test/workers.ts'

/** Per process. */
const count = rounds({ test: 5, stress: 50 })
const secret = 'planted-5up3r-5ecret'

describeWithService('keyring', 'keyringStore on a real keyring', () => {
  let worker: { file: string; remove: () => void }
  beforeAll(async () => {
    worker = await bundleWorker()
  })
  afterAll(() => worker.remove())

  async function startSession(options?: { password?: string; folder?: string }): Promise<KeyringSession> {
    const session = await KeyringSession.start(options)
    onTestFinished(() => session.end())
    return session
  }

  /** A busy machine's keyring is slow: only where one hangs may the limit be reached. */
  const ownStore = (timeout = 60_000) => ({ service: ownService(), directory: ownFolder(), timeout })

  /** Every method rejects, says what to do, and writes nothing in place of the keyring. */
  async function expectUnavailable(busAddress: string, problem: RegExp): Promise<void> {
    const options = ownStore()
    const process = new Worker(worker.file, options, busAddress)
    const outcomes = [
      await process.ask({ do: 'load', key: 'session-a' }),
      await process.ask({ do: 'save', key: 'session-a', value: secret, version: null }),
      await process.ask({ do: 'remove', key: 'session-a', version: null }),
      await process.ask({ do: 'tryLock', key: 'session-a' }),
      await process.ask({ do: 'list' }),
    ]
    for (const outcome of outcomes) {
      expect(outcome).toMatchObject({
        code: 'store_unavailable',
        details: {
          store: 'keyring',
          problem: expect.stringMatching(problem),
          advice: expect.stringMatching(/--store file/),
        },
      })
    }
    expect(leaksIn(outcomes, [secret])).toEqual([])
    expect(textsUnder(options.directory)).not.toContain(secret)
    // The kernel's keyring, which the library would fall back to.
    expect(readFileSync('/proc/keys', 'utf8')).not.toContain(options.service)
  }

  it('a bare machine has no keyring: everything says so, and what to install', async () => {
    await expectUnavailable('', /no keyring that answers/)
    await expectUnavailable('unix:path=/nowhere/bus', /no keyring that answers/)
  })

  it('a keyring that nobody unlocked is said to be locked, and its records are not taken for gone', async () => {
    const options = ownStore()
    const first = await startSession({ password: 'right' })
    const save = { do: 'save', key: 'session-a', value: secret, version: null } as const
    const { value: version } = await new Worker(worker.file, options, first.address).ask(save)
    await first.end({ keepFolder: true })
    const { folder } = first

    const locked = await startSession({ password: 'wrong', folder })
    const load = { do: 'load', key: 'session-a' } as const
    expect(await new Worker(worker.file, options, locked.address).ask(load)).toMatchObject({
      code: 'store_unavailable',
      details: { problem: expect.stringContaining('locked') },
    })
    await locked.end({ keepFolder: true })

    const again = await startSession({ password: 'right', folder })
    expect(await new Worker(worker.file, options, again.address).ask(load)).toEqual({
      value: { version, value: secret },
    })
  })

  it('a keyring that stops answering is cut, and used again when it is back', async () => {
    const session = await startSession({ password: 'throw-away' })
    const process = new Worker(worker.file, ownStore(1500), session.address)
    const save = { do: 'save', key: 'session-a', value: 'a', version: null } as const
    const load = { do: 'load', key: 'session-a' } as const
    const version = (await process.askUntilDone(save)) as string
    session.pause()
    for (const order of [load, { ...save, value: secret, version }]) {
      expect(await process.ask(order)).toMatchObject({
        code: 'store_unavailable',
        details: { problem: expect.stringMatching(/in time/) },
      })
    }
    session.resume()
    expect(await process.askUntilDone(load)).toEqual({ version, value: 'a' })
  })

  it('a value is nowhere in the clear on disk, the keyring included', async () => {
    const session = await startSession({ password: 'throw-away' })
    const options = ownStore()
    const process = new Worker(worker.file, options, session.address)
    const saved = await process.ask({ do: 'save', key: 'session-a', value: secret, version: null })
    expect(saved.code).toBeUndefined()
    expect(await process.ask({ do: 'list' })).toEqual({ value: ['session-a'] })
    expect(textsUnder(session.folder)).not.toContain(secret)
    expect(textsUnder(session.folder)).toContain('GnomeKeyring')
    expect(textsUnder(options.directory)).not.toContain(secret)
  })

  it('two processes with one keyring are inside one at a time, and lose nothing', async () => {
    const session = await startSession({ password: 'throw-away' })
    const options = ownStore()
    const journal = join(ownFolder(), 'journal')
    const workers = [1, 2].map(() => new Worker(worker.file, options, session.address)) as [Worker, Worker]
    const outcomes = await Promise.all(
      workers.map((each) => each.ask({ do: 'contend', rounds: count, journal })),
    )
    const { value: record } = await workers[0].ask({ do: 'load', key: 'session-a' })
    reportCounts('store-keyring, two processes', {
      rounds: 2 * count,
      saved: Number((record as { value: string }).value),
    })
    expect(outcomes).toEqual(Array(2).fill({ value: { conflicts: 0, lost: 0 } }))
    expect(record).toMatchObject({ value: String(2 * count) })
    expect(readFileSync(journal, 'utf8')).toBe('in\nout\n'.repeat(2 * count))
  })
})

/** What stands in all files of a folder. */
function textsUnder(folder: string): string {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
    .join('\n')
}
