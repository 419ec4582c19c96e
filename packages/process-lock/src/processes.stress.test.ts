import { readdir, rm } from 'node:fs/promises'
import { reportCounts, reportSkipped, rounds } from '@particle-grants/test-kit/levels'
import { buildProgram, type Program, runProgram } from '@particle-grants/test-kit/programs'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { temporaryFolder } from '../test/temporary-folder.ts'
import { startUnreaped } from '../test/unreaped.ts'
import { processLock } from './index.ts'

/** The witness needs Linux; without it a test of several processes would prove little. */
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

describe.runIf(linux)('processLock between processes', () => {
  beforeAll(async () => {
    program = await buildProgram(new URL('../test/locker.ts', import.meta.url))
  })

  it('has one holder at a time while many processes lock and release', async () => {
    const { all } = await lockers(4)
    for (const locker of all) locker.send('loop')
    for (let turn = 0; turn < rounds({ test: 2, stress: 20 }); turn += 1) {
      for (const locker of all) expect(await locker.next()).toMatch(/^looped/)
    }
  })

  it('is free at once when its holder is killed', async () => {
    const { all, start, directory } = await lockers(1)
    const holder = all[0] ?? start()
    await expectReply(holder, 'hold', 'holding')
    const lock = processLock({ directory })
    await expect(lock.withLock('shared', async () => {}, { timeoutMs: 0 })).rejects.toThrow(/stayed taken/)
    holder.kill('SIGKILL')
    await holder.exited
    // One attempt, no waiting.
    const isInherited = () => lock.withLock('shared', async (held) => held.isInherited, { timeoutMs: 0 })
    expect(await isInherited()).toBe(true)
    expect(await isInherited()).toBe(process.platform !== 'linux')
  })

  it('is free at once when its holder was killed and not reaped yet', async () => {
    const directory = await temporaryFolder()
    const holder = await startUnreaped([process.execPath, program, directory, directory])
    holder.send('hold')
    expect(await holder.next()).toBe('holding')
    await holder.kill()
    const lock = processLock({ directory })
    // One attempt, no waiting.
    expect(await lock.withLock('shared', async () => 'mine', { timeoutMs: 0 })).toBe('mine')
  })

  it('lets one process in at a time when many find the lock of a dead holder at once', {
    timeout: 900_000,
  }, async () => {
    const { all, start, directory } = await lockers(rounds({ test: 4, stress: 8 }))
    const count = rounds({ test: 2, stress: 200 })
    let entries = 0
    for (let round = 0; round < count; round += 1) {
      const victim = start()
      await expectReply(victim, 'hold', 'holding')
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
    // The dead processes leave only the generation count.
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
      const successor = start()
      all[index] = successor
      successor.send('loop')
      expect(await successor.next()).toMatch(/^looped/)
    }
    for (const locker of all) locker.kill('SIGKILL')
    await Promise.all(all.map(({ exited }) => exited))
    reportCounts('process-lock, killed at random', { kills, 'two holders': 0 })
    expect(await processLock({ directory }).withLock('shared', async () => 'mine', { timeoutMs: 0 })).toBe('mine')
    expect((await readdir(directory)).filter((name) => name !== 'shared.floor')).toEqual([])
  })

  it('stays with a suspended holder, and others time out', async () => {
    const { start } = await lockers(0)
    const [holder, other] = [start(), start()]
    await expectReply(holder, 'hold', 'holding')
    holder.kill('SIGSTOP')
    await expectReply(other, 'hold 20', 'timed out')
    holder.kill('SIGCONT')
    await expectReply(holder, 'free', 'freeing')
    expect(await holder.next()).toBe('held true')
    await expectReply(other, 'hold', 'holding')
  })

  it('aborts the signal of a holder whose lock was removed while it was suspended', async () => {
    const { start, directory } = await lockers(0)
    const holder = start()
    await expectReply(holder, 'hold', 'holding')
    holder.kill('SIGSTOP')
    for (const name of await readdir(directory)) await rm(`${directory}/${name}`)
    const lock = processLock({ directory })
    await lock.withLock('shared', async () => {
      holder.kill('SIGCONT')
      expect(await holder.next()).toBe('lost lock_lost')
      await expectReply(holder, 'free', 'freeing')
      expect(await holder.next()).toBe('held false')
      expect(await holder.next()).toBe('released')
      // It released only its own lock.
      expect(await readdir(directory)).toHaveLength(1)
    })
  })

  it('does not keep its holder’s process alive', async () => {
    const { start } = await lockers(0)
    const [holder, other] = [start(), start()]
    await expectReply(holder, 'idle', 'holding')
    holder.end()
    expect(await holder.exited).toEqual({ code: 0, signal: null })
    await expectReply(other, 'hold 0', 'holding')
  })
})

async function expectReply(program: Program, command: string, reply: string): Promise<void> {
  program.send(command)
  expect(await program.next()).toBe(reply)
}
