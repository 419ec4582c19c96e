import { afterEach, describe, expect, it, vi } from 'vitest'
import { maxDelayMs, ServerClock, setLongTimeout, sleep, systemClock } from './clock.ts'

const now = Date.UTC(2026, 0, 1)
const minute = 60_000

afterEach(() => {
  vi.useRealTimers()
})

describe('systemClock.sleep', () => {
  it('ends when its signal is aborted, and leaves no timer', async () => {
    vi.useFakeTimers({ now: 0 })
    const aborter = new AbortController()
    const { signal } = aborter
    const asleep = systemClock.sleep(60_000, signal)
    expect(vi.getTimerCount()).toBe(1)
    aborter.abort()
    await asleep
    await systemClock.sleep(60_000, signal)
    expect(vi.getTimerCount()).toBe(0)
  })

  it.each([
    ['a second', 1000, 1000],
    ['90 days, which timers do not support: it ends early', 90 * 86_400_000, maxDelayMs],
    ['zero milliseconds', 0, 1],
  ])('sleeps for %s', async (_, ms, slept) => {
    vi.useFakeTimers({ now: 0 })
    let awake = false
    const sleeping = systemClock.sleep(ms).then(() => {
      awake = true
    })
    await vi.advanceTimersByTimeAsync(slept - 1)
    expect(awake).toBe(ms === 0)
    await vi.advanceTimersByTimeAsync(1)
    expect(awake).toBe(true)
    await sleeping
  })
})

describe('sleep', () => {
  it('sleeps in real time if the clock has no sleep', async () => {
    vi.useFakeTimers({ now: 0 })
    const slept: number[] = []
    await sleep({ now: () => 0, sleep: async (ms) => void slept.push(ms) }, 5000)
    expect(slept).toEqual([5000])
    expect(vi.getTimerCount()).toBe(0)
    const sleeping = sleep({ now: () => 0 }, 5000)
    expect(vi.getTimerCount()).toBe(1)
    await vi.advanceTimersByTimeAsync(5000)
    await sleeping
  })
})

describe('systemClock.now', () => {
  it('returns the time', () => {
    vi.useFakeTimers({ now: Date.UTC(2026, 0, 1) })
    expect(systemClock.now()).toBe(Date.UTC(2026, 0, 1))
  })
})

describe('setLongTimeout', () => {
  it('does not call back after it is cancelled', async () => {
    vi.useFakeTimers({ now: 0 })
    const callback = vi.fn()
    setLongTimeout(1000, callback)()
    await vi.advanceTimersByTimeAsync(2000)
    expect(callback).not.toHaveBeenCalled()
  })
})

describe('ServerClock', () => {
  const adjust = (...dates: (number | undefined)[]) => {
    const clock = new ServerClock({ now: () => now })
    for (const date of dates) clock.adjust(date)
    return clock.now() - now
  }

  it.each([
    ['the system’s clock before any response', [], 0],
    ['no date', [undefined], 0],
    ['the same time', [now], 0],
    ['a difference that the seconds of Date cause', [now + 1999], 0],
    ['the same, behind', [now - 1999], 0],
    ['two seconds ahead', [now + 2000], 2000],
    ['two seconds behind', [now - 2000], -2000],
    ['minutes ahead', [now + 4 * minute], 4 * minute],
    ['minutes behind', [now - 4 * minute], -4 * minute],
    ['five minutes and more ahead', [now + 3 * 3_600_000], 5 * minute],
    ['five minutes and more behind', [now - 3 * 3_600_000], -5 * minute],
    ['the epoch, as a machine without a battery reports it', [0], -5 * minute],
    ['the last response', [now + 4 * minute, now - minute], -minute],
    ['the system’s clock again if it is right', [now + 4 * minute, now + 500], 0],
    ['the earlier response if the last one has no date', [now + 4 * minute, undefined], 4 * minute],
  ] as const)('follows %s', (_, dates, skew) => {
    expect(adjust(...dates)).toBe(skew)
  })

  it('ignores a date between request and response', () => {
    const clock = new ServerClock({ now: () => now })
    clock.adjust(now - 3 * minute, 3 * minute)
    expect(clock.now()).toBe(now)
    clock.adjust(now - 4 * minute, 3 * minute)
    expect(clock.now()).toBe(now - minute)
  })

  it('advances with the system’s clock', () => {
    let time = now
    const clock = new ServerClock({ now: () => time })
    clock.adjust(now + 4 * minute)
    time += minute
    expect(clock.now()).toBe(now + 5 * minute)
  })
})
