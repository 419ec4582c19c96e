import { readdir, rm } from 'node:fs/promises'
import { reportCounts, reportSkipped, rounds } from '@particle-grants/test-kit/levels'
import { buildProgram, type Program, runProgram } from '@particle-grants/test-kit/programs'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { temporaryFolder } from '../test/temporary-folder.ts'
import { startUnreaped } from '../test/unreaped.ts'
import { processLock } from './index.ts'

/** Where the witness works; without it a test of several processes would prove little. */
const linux = process.platform === 'linux'
if (!linux) reportSkipped('several processes on one lock', 'the witness is a socket that only Linux has')

let program = ''

async function lockers(count: number) {
  const directory = await temporaryFolder()
  const start = () => {
    const locker = runProgram(program, { args: [directory, directory] })
    onTestFinished(() => locker.kill())
    return locker
  }
  return { directory, start, all: Array.from({ length: count }, start) }
}

describe.runIf(linux)('the lock between processes', () => {
  beforeAll(async () => {
    program = await buildProgram(new URL('../test/locker.ts', import.meta.url))
  })

  it('has one holder at a time while many come and go', async () => {
    const { all } = await lockers(4)
    for (const locker of all) locker.send('loop')
    for (let turn = 0; turn < rounds({ test: 2, stress: 20 }); turn += 1) {
      for (const locker of all) expect(await locker.next()).toMatch(/^looped/)
    }
  })

  it('is free at once when its holder is killed', async () => {
    const { all, start, directory } = await lockers(1)
    const holder = all[0] ?? start()
    await told(holder, 'hold', 'holding')
    const lock = processLock({ directory })
    await expect(lock.exclusively('shared', async () => {}, { timeout: 0 })).rejects.toThrow(
      /held by somebody/,
    )
    holder.kill('SIGKILL')
    await holder.exited
    // One try, no waiting.
    const inherited = () => lock.exclusively('shared', async (held) => held.inherited, { timeout: 0 })
    expect(await inherited()).toBe(true)
    expect(await inherited()).toBe(process.platform !== 'linux')
  })

  it('is free at once when its holder was killed and nobody has reaped it yet', async () => {
    const directory = await temporaryFolder()
    const holder = await startUnreaped([process.execPath, program, directory, directory])
    holder.send('hold')
    expect(await holder.next()).toBe('holding')
    await holder.kill()
    const lock = processLock({ directory })
    // One try, no waiting.
    expect(await lock.exclusively('shared', async () => 'mine', { timeout: 0 })).toBe('mine')
  })

  it('lets one in at a time when many find a dead holder’s lock at once', { timeout: 900_000 }, async () => {
    const { all, start, directory } = await lockers(rounds({ test: 4, stress: 8 }))
    const count = rounds({ test: 2, stress: 200 })
    let entries = 0
    for (let round = 0; round < count; round += 1) {
      const victim = start()
      await told(victim, 'hold', 'holding')
      victim.kill('SIGKILL')
      await victim.exited
      const at = Date.now() + 8
      for (const locker of all) locker.send(`enter ${at}`)
      for (const locker of all) expect(await locker.next()).toBe('entered')
      entries += all.length
    }
    reportCounts(`process-lock, ${all.length} processes on a stale lock`, {
      rounds: count,
      kills: count,
      entries,
      'two holders': 0,
    })
    // Nothing of the dead stays but how far the count of generations got.
    expect(await readdir(directory)).toEqual(['shared.floor'])
  })

  it('has one holder at a time while processes are killed at any moment', { timeout: 900_000 }, async () => {
    const { all, start, directory } = await lockers(3)
    for (const locker of all) locker.send('loop')
    await Promise.all(all.map((locker) => locker.next()))
    const kills = rounds({ test: 3, stress: 200 })
    for (let kill = 0; kill < kills; kill += 1) {
      const index = kill % all.length
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 10))
      all[index]?.kill('SIGKILL')
      const heir = start()
      all[index] = heir
      heir.send('loop')
      expect(await heir.next()).toMatch(/^looped/)
    }
    for (const locker of all) locker.kill('SIGKILL')
    await Promise.all(all.map(({ exited }) => exited))
    reportCounts('process-lock, killed at random', { kills, 'two holders': 0 })
    expect(await processLock({ directory }).exclusively('shared', async () => 'mine', { timeout: 0 })).toBe(
      'mine',
    )
    expect((await readdir(directory)).filter((name) => name !== 'shared.floor')).toEqual([])
  })

  it('stays with a holder that is suspended, and others give up in time', async () => {
    const { start } = await lockers(0)
    const [holder, other] = [start(), start()]
    await told(holder, 'hold', 'holding')
    holder.kill('SIGSTOP')
    await told(other, 'hold 20', 'timed out')
    holder.kill('SIGCONT')
    await told(holder, 'free', 'freeing')
    expect(await holder.next()).toBe('still held true')
    await told(other, 'hold', 'holding')
  })

  it('tells a holder that was suspended while somebody removed its lock', async () => {
    const { start, directory } = await lockers(0)
    const holder = start()
    await told(holder, 'hold', 'holding')
    holder.kill('SIGSTOP')
    for (const name of await readdir(directory)) await rm(`${directory}/${name}`)
    const lock = processLock({ directory })
    await lock.exclusively('shared', async () => {
      holder.kill('SIGCONT')
      expect(await holder.next()).toBe('lost lock_lost')
      await told(holder, 'free', 'freeing')
      expect(await holder.next()).toBe('still held false')
      expect(await holder.next()).toBe('released')
      // It let go of what was its own only.
      expect(await readdir(directory)).toHaveLength(1)
    })
  })

  it('keeps no process alive that holds it and has nothing else to do', async () => {
    const { start } = await lockers(0)
    const [holder, other] = [start(), start()]
    await told(holder, 'idle', 'holding')
    holder.end()
    expect(await holder.exited).toEqual({ code: 0, signal: null })
    await told(other, 'hold 0', 'holding')
  })
})

async function told(program: Program, order: string, answer: string): Promise<void> {
  program.send(order)
  expect(await program.next()).toBe(answer)
}
