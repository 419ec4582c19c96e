import { createClock, createSandbox } from '@particle-grants/sandbox'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

describe('a clock', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], now: 1000 }))
  afterEach(() => void vi.useRealTimers())

  it('runs with real time, plus the time it was moved by', () => {
    const clock = createClock()
    expect(clock.now()).toBe(1000)
    expect(clock.advance('1h')).toBe(3_601_000)
    vi.setSystemTime(1005)
    expect(clock.now()).toBe(3_601_005)
    expect(clock.set(77)).toBe(77)
    vi.setSystemTime(1010)
    expect(clock.now()).toBe(82)
  })

  it('starts at the given time, and can be frozen', () => {
    const running = createClock({ start: 50 })
    const frozen = createClock({ start: 50, frozen: true })
    vi.setSystemTime(1010)
    expect([running.now(), frozen.now()]).toEqual([60, 50])
  })

  it('rejects an unknown option and a wrong value', () => {
    expect(() => createClock({ froze: true } as object)).toThrow(
      new TypeError('A clock has no "froze". Known: start, frozen'),
    )
    expect(() => createClock({ start: new Date(50) as never })).toThrow(
      'A clock\'s "start" is a number of milliseconds since 1970, not "1970-01-01T00:00:00.050Z"',
    )
  })

  it('returns to its start at a reset', () => {
    const clock = createClock({ start: 50 })
    clock.advance('1d')
    clock.reset?.()
    expect(clock.now()).toBe(50)
  })

  it.each([
    [1500, 1500],
    ['250ms', 250],
    ['30s', 30_000],
    ['1.5m', 90_000],
    ['1h 30m', 5_400_000],
    [' 90d ', 7_776_000_000],
  ])('accepts the duration %s', (by, ms) => {
    expect(createClock({ start: 0, frozen: true }).advance(by)).toBe(ms)
  })

  it.each(['', 'tomorrow', '90', '-1d', '1w', -1, Number.NaN, Number.POSITIVE_INFINITY])(
    'rejects the duration "%s"',
    (by) => {
      expect(() => createClock().advance(by)).toThrow(/is not a duration. Use for example '30s'/)
    },
  )

  it('rejects a time that is not a number', () => {
    expect(() => createClock().set(Number.NaN)).toThrow(RangeError)
  })

  const beyond = 'A clock can have the years -271821 to 275760'
  it.each([1e300, '9999999999d', 8.64e15])('keeps its time if it cannot be advanced by %s', (by) => {
    const clock = createClock({ start: 5, frozen: true })
    expect(() => clock.advance(by)).toThrow(new RegExp(beyond))
    expect(clock.now()).toBe(5)
    expect(clock.set(77)).toBe(77)
  })

  it.each([1e300, -1e300, 8.64e15 + 1, Number.POSITIVE_INFINITY])('cannot be set to %s', (time) => {
    const clock = createClock({ start: 5, frozen: true })
    expect(() => clock.set(time)).toThrow(RangeError)
    expect(clock.now()).toBe(5)
  })

  it('cannot start beyond the end of time', () => {
    expect(() => createClock({ start: 1e300 })).toThrow(beyond)
    expect(() => createClock({ start: Number.NaN })).toThrow(RangeError)
  })

  it('stops at the end of time', () => {
    const clock = createClock()
    expect(clock.set(8.64e15)).toBe(8.64e15)
    vi.setSystemTime(2000)
    expect(new Date(clock.now()).toISOString()).toBe('+275760-09-13T00:00:00.000Z')
    expect(clock.set(1000)).toBe(1000)
  })

  it('can be any object with these methods, and a reset does not change it', () => {
    let time = 5
    const clock = { now: () => time, advance: () => time, set: (to: number) => to }
    const sandbox = createSandbox({ clock })
    time = 9
    sandbox.reset()
    expect(sandbox.clock.now()).toBe(9)
  })
})
