import { reportCounts, rounds } from '@particle-grants/test-kit/levels'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Scheduler } from '../test/scheduler.ts'
import { tryGenerations } from './generations.ts'

let scheduler = new Scheduler(1)

vi.mock('node:fs/promises', () => {
  const failure = (code: string) => Object.assign(new Error(code), { code })
  const step = <T>(effect: (links: Map<string, string>) => T) => scheduler.step(() => effect(scheduler.links))
  const there = (links: Map<string, string>, path: string) => {
    const target = links.get(path)
    if (target === undefined) throw failure('ENOENT')
    return target
  }
  return {
    symlink: (target: string, path: string) =>
      step((links) => {
        if (links.has(path)) throw failure('EEXIST')
        links.set(path, target)
      }),
    readlink: (path: string) => step((links) => there(links, path)),
    unlink: (path: string) =>
      step((links) => {
        there(links, path)
        links.delete(path)
      }),
    rename: (from: string, to: string) =>
      step((links) => {
        links.set(to, there(links, from))
        links.delete(from)
      }),
    readdir: () => step((links) => [...links.keys()].map((path) => path.slice('/locks/'.length))),
    lstat: (path: string) => step((links) => ({ mtimeMs: Date.now(), target: there(links, path) })),
    lutimes: (path: string) => step((links) => void there(links, path)),
  }
})

vi.mock('./owner.ts', () => ({
  getThisProcess: async () => ({ name: scheduler.self, nonce: crypto.randomUUID() }),
  formatOwner: ({ name, nonce }: { name: string; nonce: string }) => `${name} ${nonce}`,
  parseOwner: (text: string) => ({ name: text.split(' ')[0] }),
  findLiveness: async ({ name }: { name: string }) => (scheduler.dead.has(name) ? 'dead' : 'alive'),
}))

/** Four processes take the lock twice each and may die at any step. Then a new process must get the lock. */
async function simulate(seed: number, deathRate: number) {
  scheduler = new Scheduler(seed)
  const inside = new Set<string>()
  const counts = { entries: 0, together: 0 }
  const enter = async () => {
    for (;;) {
      const lock = await tryGenerations('/locks/shared')
      if (lock === undefined) continue
      counts.entries += 1
      inside.add(scheduler.self)
      if ([...inside].filter((name) => !scheduler.dead.has(name)).length > 1) counts.together += 1
      await scheduler.step(() => {})
      await scheduler.step(() => {})
      inside.delete(scheduler.self)
      await lock.release()
      return
    }
  }
  for (const name of ['one', 'two', 'three', 'four']) {
    await scheduler.start(name, async () => {
      await enter()
      await enter()
    })
  }
  await scheduler.run(deathRate)
  const died = scheduler.dead.size
  await scheduler.start('last', enter)
  const before = counts.entries
  await scheduler.run(0)
  return { ...counts, died, last: counts.entries - before, links: [...scheduler.links.keys()] }
}

describe('tryGenerations, with its steps in any order and deaths at any step', () => {
  beforeEach(() => {
    scheduler = new Scheduler(1)
    // Time is frozen: no owner ever pauses for long.
    vi.useFakeTimers({ toFake: ['Date'] })
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  it('never has two holders, and always lets the next process in', { timeout: 600_000 }, async () => {
    const schedules = rounds({ test: 300, stress: 10_000 })
    const totals = { schedules, deaths: 0, entries: 0, 'two holders': 0 }
    for (let seed = 1; seed <= schedules; seed += 1) {
      const { died, entries, together, last, links } = await simulate(seed, (seed % 5) * 0.02)
      totals.deaths += died
      totals.entries += entries
      totals['two holders'] += together
      expect({ seed, last }).toEqual({ seed, last: 1 })
      if (died === 0) expect({ seed, links, entries }).toEqual({ seed, links: [], entries: 9 })
      else expect(links.filter((link) => link.includes('floor-'))).toEqual([])
    }
    reportCounts('process-lock, simulated orders of steps', totals)
    expect(totals['two holders']).toBe(0)
    expect(totals.deaths).toBeGreaterThan(schedules / 5)
  })
})
