import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { findLeaks } from '@particle-grants/test-kit'
import { reportCounts, rounds } from '@particle-grants/test-kit/levels'
import { describeWithService } from '@particle-grants/test-kit/services'
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest'
import { KeyringSession } from '../test/keyring-session.ts'
import { createServiceName, createTestFolder } from '../test/stores.ts'
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

  /** The time limit is long by default, because the keyring of a busy machine is slow. */
  const createOptions = (timeoutMs = 60_000) => ({
    service: createServiceName(),
    directory: createTestFolder(),
    timeoutMs,
  })

  /** Expects every method to reject and to write nothing in place of the keyring. */
  async function expectUnavailable(busAddress: string, problem: RegExp): Promise<void> {
    const options = createOptions()
    const process = new Worker(worker.file, options, busAddress)
    const outcomes = [
      await process.send({ do: 'load', key: 'session-a' }),
      await process.send({ do: 'save', key: 'session-a', value: secret, version: null }),
      await process.send({ do: 'remove', key: 'session-a', version: null }),
      await process.send({ do: 'tryLock', key: 'session-a' }),
    ]
    for (const outcome of outcomes) {
      expect(outcome).toMatchObject({
        code: 'store_unavailable',
        details: {
          store: 'keyring',
          problem: expect.stringMatching(problem),
        },
      })
    }
    expect(findLeaks(outcomes, [secret])).toEqual([])
    expect(readFilesBelow(options.directory)).not.toContain(secret)
    // The library would fall back to the kernel's keyring.
    expect(readFileSync('/proc/keys', 'utf8')).not.toContain(options.service)
  }

  it('rejects every call on a machine without a keyring', async () => {
    await expectUnavailable('', /no keyring responds/)
    await expectUnavailable('unix:path=/nowhere/bus', /no keyring responds/)
  })

  it('reports a locked keyring, and does not treat its records as missing', async () => {
    const options = createOptions()
    const first = await startSession({ password: 'right' })
    const save = { do: 'save', key: 'session-a', value: secret, version: null } as const
    const { value: version } = await new Worker(worker.file, options, first.address).send(save)
    await first.end({ keepFolder: true })
    const { folder } = first

    const locked = await startSession({ password: 'wrong', folder })
    const load = { do: 'load', key: 'session-a' } as const
    expect(await new Worker(worker.file, options, locked.address).send(load)).toMatchObject({
      code: 'store_unavailable',
      details: { problem: expect.stringContaining('locked') },
    })
    await locked.end({ keepFolder: true })

    const unlocked = await startSession({ password: 'right', folder })
    expect(await new Worker(worker.file, options, unlocked.address).send(load)).toEqual({
      value: { version, value: secret },
    })
  })

  it('times out when the keyring stops responding, and uses it again when it responds', async () => {
    const session = await startSession({ password: 'throw-away' })
    const process = new Worker(worker.file, createOptions(1500), session.address)
    const save = { do: 'save', key: 'session-a', value: 'a', version: null } as const
    const load = { do: 'load', key: 'session-a' } as const
    const version = (await process.sendUntilDone(save)) as string
    session.pause()
    for (const order of [load, { ...save, value: secret, version }]) {
      expect(await process.send(order)).toMatchObject({
        code: 'store_unavailable',
        details: { problem: expect.stringMatching(/in time/) },
      })
    }
    session.resume()
    expect(await process.sendUntilDone(load)).toEqual({ version, value: 'a' })
  })

  it('writes no value in plain text to the disk', async () => {
    const session = await startSession({ password: 'throw-away' })
    const options = createOptions()
    const process = new Worker(worker.file, options, session.address)
    const saved = await process.send({ do: 'save', key: 'session-a', value: secret, version: null })
    expect(saved.code).toBeUndefined()
    expect(readFilesBelow(session.folder)).not.toContain(secret)
    expect(readFilesBelow(session.folder)).toContain('GnomeKeyring')
    expect(readFilesBelow(options.directory)).not.toContain(secret)
  })

  it('runs one task at a time for two processes, and loses nothing', async () => {
    const session = await startSession({ password: 'throw-away' })
    const options = createOptions()
    const journal = join(createTestFolder(), 'journal')
    const workers = [1, 2].map(() => new Worker(worker.file, options, session.address)) as [Worker, Worker]
    const outcomes = await Promise.all(workers.map((each) => each.send({ do: 'contend', rounds: count, journal })))
    const { value: record } = await workers[0].send({ do: 'load', key: 'session-a' })
    reportCounts('store-keyring, two processes', {
      rounds: 2 * count,
      saved: Number((record as { value: string }).value),
    })
    expect(outcomes).toEqual(Array(2).fill({ value: { conflicts: 0, lost: 0 } }))
    expect(record).toMatchObject({ value: String(2 * count) })
    expect(readFileSync(journal, 'utf8')).toBe('in\nout\n'.repeat(2 * count))
  })
})

/** Returns the content of all files below a folder. */
function readFilesBelow(folder: string): string {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
    .join('\n')
}
