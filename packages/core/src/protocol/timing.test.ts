import { describe, expect, it } from 'vitest'
import { readTiming } from './timing.ts'

const date = 'Thu, 01 Jan 2026 00:00:00 GMT'
const sent = Date.UTC(2026, 0, 1)

const read = (headers: Readonly<Record<string, string>>) =>
  readTiming({ get: (name) => headers[name] ?? null })

describe('readTiming', () => {
  it('knows nothing where no header can be read', () => {
    expect(read({})).toEqual({ date: undefined, retryAfter: undefined })
  })

  it('reads the server’s clock', () => {
    expect(read({ date }).date).toBe(sent)
  })

  it.each(['', 'soon', 'Thu, 99 Foo 2026'])('does not take %j for a date', (text) => {
    expect(read({ date: text })).toEqual({ date: undefined, retryAfter: undefined })
  })

  // biome-ignore format: one line per case, to be read as a table
  it.each([
    ['120', 120],
    ['0', 0],
    [' 7 ', 7],
    ['86400', 86_400],
    ['86401', 86_400],
    ['999999999', 86_400],
    ['9'.repeat(20), 86_400],
    ['Sat, 03 Jan 2026 00:00:00 GMT', 86_400],
    ['Thu, 01 Jan 2026 00:01:00 GMT', 60],
    ['Thu, 01 Jan 2026 00:00:00 GMT', 0],
    ['Wed, 31 Dec 2025 23:59:00 GMT', 0],
    ['', undefined],
    ['soon', undefined],
    ['120, 120', undefined],
    ['-5', undefined],
    ['1.5', undefined],
    ['0x10', undefined],
  ])('reads Retry-After %j as %s seconds', (text, seconds) => {
    expect(read({ date, 'retry-after': text }).retryAfter).toBe(seconds)
  })

  it('knows nothing where reading a header throws', () => {
    const get = () => {
      throw new Error('no headers here')
    }
    expect(readTiming({ get })).toEqual({ date: undefined, retryAfter: undefined })
  })

  it('measures no date against a clock that it does not know', () => {
    expect(read({ 'retry-after': 'Thu, 01 Jan 2026 00:01:00 GMT' }).retryAfter).toBeUndefined()
  })
})
