import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { reportCounts, reportSkipped, rounds } from '@particle-grants/test-kit/levels'
import { buildProgram, type Program, runProgram } from '@particle-grants/test-kit/programs'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { countOf, payload } from '../test/payload.ts'
import { plantedFiles } from '../test/planted-files.ts'
import { temporaryFolder } from '../test/temporary-folder.ts'
import { fileStore } from './index.ts'

const linux = process.platform === 'linux'
if (!linux)
  reportSkipped('several processes on one file store', 'the witness is a socket that only Linux has')

let program = ''

async function writers() {
  const directory = await temporaryFolder()
  const start = (job: string, timeout = 60_000) => {
    const writer = runProgram(program, { args: [directory, job], env: { LOCK_TIMEOUT: String(timeout) } })
    onTestFinished(() => writer.kill())
    return writer
  }
  return { directory, start, store: fileStore({ directory }) }
}

/** The counts that processes saved, as they tell of them. */
class Saves {
  readonly counts: number[] = []
  #heard = () => {}

  /** Reads what a process says, until it ends. */
  async listenTo(writer: Program): Promise<void> {
    for (;;) {
      const line = await writer.next().catch((thrown: Error) => thrown.message)
      if (/signal SIGKILL/.test(line)) return
      if (line === 'conflict') continue
      expect(line).toMatch(/^saved \d+$/)
      this.counts.push(Number(line.slice('saved '.length)))
      this.#heard()
    }
  }

  /** Resolves when so many more were told of. */
  async more(count: number): Promise<void> {
    const enough = this.counts.length + count
    while (this.counts.length < enough) {
      await new Promise<void>((resolve) => {
        this.#heard = resolve
      })
    }
  }
}

/** Loads the record over and over: it is whole each time, and never goes back. */
async function watchRecord(directory: string, until: () => boolean): Promise<number> {
  const reader = fileStore({ directory })
  let loads = 0
  for (let last = 0; !until(); loads += 1) {
    const count = countOf((await reader.load('session-a'))?.value)
    expect(count).toBeGreaterThanOrEqual(last)
    last = count
  }
  return loads
}

/** Runs writers of one job, kills one after the other at any moment and starts another in its place. */
async function killAtRandom(job: 'count' | 'race', kills: number) {
  const { directory, start } = await writers()
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
    await saves.more(3)
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 15))
    all[kill % all.length]?.kill('SIGKILL')
    all[kill % all.length] = begin()
  }
  for (const writer of all) writer.kill('SIGKILL')
  await Promise.all(readers)
  over = true
  return { directory, saved: saves.counts, loads: await watching, kills: kills + all.length }
}

describe.runIf(linux)('the file store between processes', () => {
  beforeAll(async () => {
    program = await buildProgram(new URL('../test/writer.ts', import.meta.url))
  })

  it('loses nothing while processes that hold its lock are killed at any moment', {
    timeout: 900_000,
  }, async () => {
    const { directory, saved, loads, kills } = await killAtRandom('count', rounds({ test: 3, stress: 200 }))
    const last = countOf((await fileStore({ directory }).load('session-a'))?.value)
    // Each count was saved by one process only: nobody worked on what another one was about to replace.
    expect(new Set(saved).size).toBe(saved.length)
    // A process may be killed between saving and saying so, and that is the only way to more.
    expect(last).toBeGreaterThanOrEqual(Math.max(...saved))
    expect(last - saved.length).toBeLessThanOrEqual(kills)
    reportCounts('store-file, killed at random with the lock', {
      kills,
      saves: saved.length,
      loads,
      losses: 0,
    })

    // The locks of the dead are free at once, and once somebody comes nothing of theirs is left.
    const heir = fileStore({ directory, timeout: 0 })
    await heir.exclusively('session-a', async () => {
      const record = await heir.load('session-a')
      await heir.save('session-a', payload(last + 1), record?.version ?? null)
    })
    expect(await plantedFiles(directory)).toEqual(['session-a.json'])
  })

  it('loses nothing while processes without the lock are killed at any moment', {
    timeout: 900_000,
  }, async () => {
    const { directory, saved, loads, kills } = await killAtRandom('race', rounds({ test: 2, stress: 50 }))
    const last = countOf((await fileStore({ directory }).load('session-a'))?.value)
    expect(new Set(saved).size).toBe(saved.length)
    expect(last).toBeGreaterThanOrEqual(Math.max(...saved))
    expect(last - saved.length).toBeLessThanOrEqual(kills)
    reportCounts('store-file, killed at random without the lock', {
      kills,
      saves: saved.length,
      loads,
      losses: 0,
    })
    expect(await plantedFiles(directory)).toEqual(['session-a.json'])
  })

  it('sweeps what a killed writer left, also where a store is long in use', async () => {
    const { directory, start, store } = await writers()
    const version = await store.save('session-a', payload(1), null)
    const dying = start('die-in-save')
    expect(await dying.exited).toEqual({ code: null, signal: 'SIGKILL' })
    expect(await plantedFiles(directory)).toHaveLength(2)
    await store.save('session-a', payload(2), version)
    expect(await plantedFiles(directory)).toEqual(['session-a.json'])
  })

  it('sweeps what a killed writer left, as soon as another process comes', async () => {
    const { directory, start } = await writers()
    await start('die-in-save').exited
    expect(await plantedFiles(directory)).toHaveLength(1)
    expect(await fileStore({ directory }).load('session-a')).toBeUndefined()
    expect(await plantedFiles(directory)).toEqual([])
  })

  it('tells a process at its save that others went on while it was suspended', async () => {
    const { start, store } = await writers()
    await store.save('session-a', payload(1), null)
    const sleeper = start('hold-then-save')
    expect(await sleeper.next()).toBe('holding')
    sleeper.kill('SIGSTOP')
    // Nobody takes the lock from a living process; who can't wait goes by the version.
    const other = start('save-anyway', 20)
    expect(await other.next()).toMatch(/^lock_timeout: /)
    expect(await other.next()).toBe('saved')
    sleeper.kill('SIGCONT')
    sleeper.send('go on')
    expect(await sleeper.next()).toMatch(/^store_conflict: /)
    expect(countOf((await store.load('session-a'))?.value)).toBe(2)
  })

  it('tells a process that slept while its locks were removed by hand', async () => {
    const { directory, start, store } = await writers()
    await store.save('session-a', payload(1), null)
    const sleeper = start('hold-then-save')
    expect(await sleeper.next()).toBe('holding')
    sleeper.kill('SIGSTOP')
    await rm(join(directory, 'locks'), { recursive: true })
    const other = start('save-anyway', 100)
    expect(await other.next()).toBe('got the lock')
    expect(await other.next()).toBe('saved')
    sleeper.kill('SIGCONT')
    expect(await sleeper.next()).toBe('lost')
    sleeper.send('go on')
    expect(await sleeper.next()).toMatch(/^store_conflict: /)
    expect(countOf((await store.load('session-a'))?.value)).toBe(2)
  })
})
