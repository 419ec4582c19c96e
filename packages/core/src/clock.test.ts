import { afterEach, describe, expect, it, vi } from 'vitest'
import { sleep, systemClock } from './clock.ts'

afterEach(() => {
  vi.useRealTimers()
})

describe('a timer', () => {
  it('lets a process end where nobody waits for it, and only there', () => {
    const ref = vi.spyOn(globalThis, 'setTimeout')
    const timers = [true, false].map((background) => {
      void systemClock.sleep(60_000, { background })
      return ref.mock.results.at(-1)?.value as NodeJS.Timeout
    })
    expect(timers.map((timer) => timer.hasRef())).toEqual([false, true])
    for (const timer of timers) clearTimeout(timer)
    ref.mockRestore()
  })
})

describe('a sleep whose signal is aborted', () => {
  it('is over, and leaves no timer', async () => {
    vi.useFakeTimers({ now: 0 })
    const aborter = new AbortController()
    const { signal } = aborter
    const asleep = systemClock.sleep(60_000, { signal })
    expect(vi.getTimerCount()).toBe(1)
    aborter.abort()
    await asleep
    await systemClock.sleep(60_000, { signal })
    expect(vi.getTimerCount()).toBe(0)
  })
})

describe('the wall clock', () => {
  it('says the time', () => {
    vi.useFakeTimers({ now: Date.UTC(2026, 0, 1) })
    expect(systemClock.now()).toBe(Date.UTC(2026, 0, 1))
  })

  it.each([
    ['a while', 1000, 1000],
    ['90 days, which timers can’t: it wakes early', 90 * 86_400_000, 2 ** 31 - 1],
    ['no time', 0, 1],
  ])('sleeps for %s', async (_, asked, slept) => {
    vi.useFakeTimers({ now: 0 })
    let awake = false
    const sleeping = systemClock.sleep(asked).then(() => {
      awake = true
    })
    await vi.advanceTimersByTimeAsync(slept - 1)
    expect(awake).toBe(asked === 0)
    await vi.advanceTimersByTimeAsync(1)
    expect(awake).toBe(true)
    await sleeping
  })

  it('stands in for a clock that can’t sleep, and for no other', async () => {
    vi.useFakeTimers({ now: 0 })
    const slept: number[] = []
    await sleep({ now: () => 0, sleep: async (milliseconds) => void slept.push(milliseconds) }, 5000)
    expect(slept).toEqual([5000])
    expect(vi.getTimerCount()).toBe(0)
    const sleeping = sleep({ now: () => 0 }, 5000)
    expect(vi.getTimerCount()).toBe(1)
    await vi.advanceTimersByTimeAsync(5000)
    await sleeping
  })
})
