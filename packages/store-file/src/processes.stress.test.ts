import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { createSession, customer, productClient } from '@particle-grants/core'
import { reportCounts, reportSkipped, rounds } from '@particle-grants/test-kit/levels'
import { buildProgram, type Program, runProgram } from '@particle-grants/test-kit/programs'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { createValue, readCount } from '../test/counted-value.ts'
import { findPlantedFiles } from '../test/planted-files.ts'
import { temporaryFolder } from '../test/temporary-folder.ts'
import { fileStore } from './index.ts'

const linux = process.platform === 'linux'
if (!linux) reportSkipped('several processes with one file store', 'the witness is a socket that only Linux has')

let program = ''

async function createWriters() {
  const directory = await temporaryFolder()
  const start = (job: string, lockTimeoutMs = 60_000, key = 'session-a') => {
    const writer = runProgram(program, {
      args: [directory, job],
      env: { LOCK_TIMEOUT: String(lockTimeoutMs), KEY: key },
    })
    onTestFinished(() => writer.kill())
    return writer
  }
  return { directory, start, store: fileStore({ directory }) }
}

/** The counts that processes report as saved. */
class Saves {
  readonly counts: number[] = []
  #onSave = () => {}

  /** Reads the output of a process until it ends. */
  async listenTo(writer: Program): Promise<void> {
    for (;;) {
      const line = await writer.next().catch((thrown: Error) => thrown.message)
      if (/signal SIGKILL/.test(line)) return
      if (line === 'conflict') continue
      expect(line).toMatch(/^saved \d+$/)
      this.counts.push(Number(line.slice('saved '.length)))
      this.#onSave()
    }
  }

  /** Resolves after `count` more reports. */
  async waitForMore(count: number): Promise<void> {
    const enough = this.counts.length + count
    while (this.counts.length < enough) {
      await new Promise<void>((resolve) => {
        this.#onSave = resolve
      })
    }
  }
}

/** Loads the record repeatedly: it is complete each time, and its count never decreases. */
async function watchRecord(directory: string, until: () => boolean): Promise<number> {
  const reader = fileStore({ directory })
  let loads = 0
  for (let last = 0; !until(); loads += 1) {
    const count = readCount((await reader.load('session-a'))?.value)
    expect(count).toBeGreaterThanOrEqual(last)
    last = count
  }
  return loads
}

/** Runs writers of one job, kills one after the other at random moments and starts another in its place. */
async function killAtRandom(job: 'count' | 'race', kills: number) {
  const { directory, start } = await createWriters()
  const saves = new Saves()
  const readers: Promise<void>[] = []
  const begin = () => {
    const writer = start(job)
    readers.push(saves.listenTo(writer))
    return writer
  }
  const all = Array.from({ length: 3 }, begin)
  let over = false
  const watching = watchRecord(directory, () => over)
  for (let kill = 0; kill < kills; kill += 1) {
    await saves.waitForMore(3)
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 15))
    all[kill % all.length]?.kill('SIGKILL')
    all[kill % all.length] = begin()
  }
  for (const writer of all) writer.kill('SIGKILL')
  await Promise.all(readers)
  over = true
  return { directory, saved: saves.counts, loads: await watching, kills: kills + all.length }
}

describe.runIf(linux)('fileStore between processes', () => {
  beforeAll(async () => {
    program = await buildProgram(new URL('../test/writer.ts', import.meta.url))
  })

  it('loses nothing while processes that hold its lock are killed at random moments', {
    timeout: 900_000,
  }, async () => {
    const { directory, saved, loads, kills } = await killAtRandom('count', rounds({ test: 3, stress: 200 }))
    const last = readCount((await fileStore({ directory }).load('session-a'))?.value)
    // Each count was saved by one process: no two processes changed the same record.
    expect(new Set(saved).size).toBe(saved.length)
    // Only a process that is killed between saving and reporting makes the record's count higher.
    expect(last).toBeGreaterThanOrEqual(Math.max(...saved))
    expect(last - saved.length).toBeLessThanOrEqual(kills)
    reportCounts('store-file, killed at random with the lock', {
      kills,
      saves: saved.length,
      loads,
      losses: 0,
    })

    // The locks of killed processes are free at once, and the next process removes their temporary files.
    const successor = fileStore({ directory, lockTimeoutMs: 0 })
    await successor.withLock('session-a', async () => {
      const record = await successor.load('session-a')
      await successor.save('session-a', createValue(last + 1), record?.version ?? null)
    })
    expect(await findPlantedFiles(directory)).toEqual(['session-a.json'])
  })

  it('loses nothing while processes without the lock are killed at random moments', {
    timeout: 900_000,
  }, async () => {
    const { directory, saved, loads, kills } = await killAtRandom('race', rounds({ test: 2, stress: 50 }))
    const last = readCount((await fileStore({ directory }).load('session-a'))?.value)
    expect(new Set(saved).size).toBe(saved.length)
    expect(last).toBeGreaterThanOrEqual(Math.max(...saved))
    expect(last - saved.length).toBeLessThanOrEqual(kills)
    reportCounts('store-file, killed at random without the lock', {
      kills,
      saves: saved.length,
      loads,
      losses: 0,
    })
    expect(await findPlantedFiles(directory)).toEqual(['session-a.json'])
  })

  it('removes the temporary files of a killed writer during use', async () => {
    const { directory, start, store } = await createWriters()
    const version = await store.save('session-a', createValue(1), null)
    const dying = start('die-in-save')
    expect(await dying.exited).toEqual({ code: null, signal: 'SIGKILL' })
    expect(await findPlantedFiles(directory)).toHaveLength(2)
    await store.save('session-a', createValue(2), version)
    expect(await findPlantedFiles(directory)).toEqual(['session-a.json'])
  })

  it('removes the temporary files of a killed writer at the first use by another process', async () => {
    const { directory, start } = await createWriters()
    await start('die-in-save').exited
    expect(await findPlantedFiles(directory)).toHaveLength(1)
    expect(await fileStore({ directory }).load('session-a')).toBeUndefined()
    expect(await findPlantedFiles(directory)).toEqual([])
  })

  it('rejects the save of a suspended process if another process saved in the meantime', async () => {
    const { start, store } = await createWriters()
    await store.save('session-a', createValue(1), null)
    const sleeper = start('hold-then-save')
    expect(await sleeper.next()).toBe('holding')
    sleeper.kill('SIGSTOP')
    // A living process keeps its lock. A process that cannot wait relies on the version.
    const other = start('save-anyway', 20)
    expect(await other.next()).toMatch(/^lock_timeout: /)
    expect(await other.next()).toBe('saved')
    sleeper.kill('SIGCONT')
    sleeper.send('continue')
    expect(await sleeper.next()).toMatch(/^store_conflict: /)
    expect(readCount((await store.load('session-a'))?.value)).toBe(2)
  })

  it('returns a valid token to a new session while the process that holds its lock is suspended', async () => {
    const { directory, start, store } = await createWriters()
    const accessToken = 'a'.repeat(40)
    const client = productClient({ id: 'my-product-1234', secret: 'product-secret' })
    const createJane = () => createSession({ client, subject: customer('jane@example.com'), store })
    await createJane().setToken({ accessToken, expiresAt: Date.now() + 86_400_000 })
    const [file = ''] = (await readdir(directory)).filter((name) => name.startsWith('session-'))
    const renewer = start('hold-then-save', 60_000, file.replace('.json', ''))
    expect(await renewer.next()).toBe('holding')
    renewer.kill('SIGSTOP')
    expect(await createJane().getAccessToken()).toBe(accessToken)
    expect(await createJane().load()).toMatchObject({ status: 'signed_in' })
  })

  it('aborts the signal of a suspended process whose locks were removed', async () => {
    const { directory, start, store } = await createWriters()
    await store.save('session-a', createValue(1), null)
    const sleeper = start('hold-then-save')
    expect(await sleeper.next()).toBe('holding')
    sleeper.kill('SIGSTOP')
    await rm(join(directory, 'locks'), { recursive: true })
    const other = start('save-anyway', 100)
    expect(await other.next()).toBe('got the lock')
    expect(await other.next()).toBe('saved')
    sleeper.kill('SIGCONT')
    expect(await sleeper.next()).toBe('lost')
    sleeper.send('continue')
    expect(await sleeper.next()).toMatch(/^store_conflict: /)
    expect(readCount((await store.load('session-a'))?.value)).toBe(2)
  })
})
