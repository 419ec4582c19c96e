import { createClock, createSandbox } from '@particle-grants/sandbox'
import { describe, expect, it } from 'vitest'

describe('a clock', () => {
  it('runs with real time, plus what it was moved by', () => {
    let real = 1000
    const clock = createClock({ now: () => real })
    expect(clock.now()).toBe(1000)
    expect(clock.advance('1h')).toBe(3_601_000)
    real += 5
    expect(clock.now()).toBe(3_601_005)
    expect(clock.set(77)).toBe(77)
    real += 5
    expect(clock.now()).toBe(82)
  })

  it('starts where it is told, and stands still where it is told', () => {
    let real = 1000
    const running = createClock({ now: () => real, start: 50 })
    const frozen = createClock({ now: () => real, start: 50, frozen: true })
    real += 10
    expect([running.now(), frozen.now()]).toEqual([60, 50])
  })

  it('runs with real time by itself', () => {
    expect(Math.abs(createClock().now() - Date.now())).toBeLessThan(60_000)
  })

  it('goes back to how it was made', () => {
    const clock = createClock({ now: () => 1000, start: 50 })
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
  ])('understands %s', (by, ms) => {
    expect(createClock({ start: 0, frozen: true }).advance(by)).toBe(ms)
  })

  it.each(['', 'tomorrow', '90', '-1d', '1w', -1, Number.NaN, Number.POSITIVE_INFINITY])(
    'refuses "%s"',
    (by) => {
      expect(() => createClock().advance(by)).toThrow(/is no duration. Use for example '30s'/)
    },
  )

  it('is not set to a time that is none', () => {
    expect(() => createClock().set(Number.NaN)).toThrow(RangeError)
  })

  it('of another kind can drive a sandbox, and is left alone by a reset', () => {
    let time = 5
    const clock = { now: () => time, advance: () => time, set: (to: number) => to }
    const sandbox = createSandbox({ clock })
    time = 9
    sandbox.reset()
    expect(sandbox.clock.now()).toBe(9)
  })
})
