import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { httpResponse } from '../../test/responses.ts'
import { type FetchResponse, isHeaderSafe, parseJsonObject, readBody, readTiming } from './http.ts'

/** A response whose body arrives in chunks of these lengths, each filled with its index. */
function inChunks(lengths: Iterable<number>) {
  const chunks = lengths[Symbol.iterator]()
  let index = 0
  const cancel = vi.fn(async () => {})
  const read = vi.fn(async () => {
    const { done = false, value } = chunks.next()
    index += 1
    return done ? { done } : { done, value: new Uint8Array(value).fill(index) }
  })
  const response: FetchResponse = {
    status: 200,
    headers: { get: () => null },
    body: { getReader: () => ({ read, cancel }) },
  }
  return { response, read, cancel }
}

describe('readBody', () => {
  it('joins the chunks of a body', async () => {
    const { response, cancel } = inChunks([2, 0, 1])
    expect(await readBody(response, 10)).toBe('\u0001\u0001\u0003')
    expect(cancel).not.toHaveBeenCalled()
  })

  it('returns an empty text if there is no body', async () => {
    expect(await readBody({ status: 204, headers: { get: () => null }, body: null }, 10)).toHaveLength(0)
  })

  it('reads a body of exactly the limit to its end', async () => {
    const { response, cancel } = inChunks([5, 5])
    expect(await readBody(response, 10)).toHaveLength(10)
    expect(cancel).not.toHaveBeenCalled()
  })

  it('cancels a body that does not end, at most one chunk beyond the limit', async () => {
    function* endless() {
      while (true) yield 4
    }
    const { response, read, cancel } = inChunks(endless())
    expect(await readBody(response, 10)).toHaveLength(12)
    expect(read).toHaveBeenCalledTimes(3)
    expect(cancel).toHaveBeenCalledOnce()
  })

  it('reads a platform’s response', async () => {
    expect(await readBody(new Response('päß'))).toBe('päß')
  })
})

describe('readBody, for bytes', () => {
  it('joins a character that is split between chunks, and replaces bytes that are not UTF-8', async () => {
    const chunks = [[0xe2, 0x82], [0xac], [0xff]].map((bytes) => new Uint8Array(bytes))
    expect(await readBody(new Response(new Blob(chunks).stream()))).toBe('€\ufffd')
    const read = async () => ({ done: chunks.length === 0, value: chunks.shift() })
    const body = { getReader: () => ({ read, cancel: async () => {} }) }
    expect(await readBody({ status: 200, headers: { get: () => null }, body })).toBe('€\ufffd')
  })
})

describe('parseJsonObject', () => {
  it('ignores spaces around the object', () => {
    expect(parseJsonObject(' {"a":1}\n')).toEqual({ a: 1 })
  })

  it('returns an object without a prototype', () => {
    expect(Object.getPrototypeOf(parseJsonObject('{"__proto__":{"a":1}}'))).toBeNull()
  })

  it.each([
    ['', 'empty'],
    ['<html>', 'html'],
    ['{', 'not_json'],
    ['[]', 'not_an_object'],
    ['\ufffd', 'not_json'],
  ])('returns the reason why %j is not an object: %s', (body, reason) => {
    expect(parseJsonObject(body)).toBe(reason)
  })
})

describe('isHeaderSafe', () => {
  it.each([
    ['0123abcd', true],
    ['!~', true],
    ['', false],
    ['a b', false],
    ['a\n', false],
    ['ä', false],
    ['a\u0000', false],
    [5, false],
    [undefined, false],
  ])('judges %j: %s', (value, expected) => {
    expect(isHeaderSafe(value)).toBe(expected)
  })
})

describe('readTiming', () => {
  const date = 'Thu, 01 Jan 2026 00:00:00 GMT'
  const noTiming = { date: undefined, retryAfterSeconds: undefined }
  const read = (headers: Readonly<Record<string, string>>) => readTiming(httpResponse(200, '', headers).headers)

  it('returns nothing where there are no headers, or they cannot be read', () => {
    const get = () => {
      throw new Error('no headers here')
    }
    expect(read({})).toEqual(noTiming)
    expect(readTiming({ get })).toEqual(noTiming)
  })

  it('returns the server’s time', () => {
    expect(read({ date }).date).toBe(Date.UTC(2026, 0, 1))
  })

  it.each(['UTC', 'America/New_York', 'Asia/Tokyo'])(
    'reads all three formats of HTTP as GMT on a machine in the time zone %s',
    (timeZone) => {
      vi.stubEnv('TZ', timeZone)
      onTestFinished(() => void vi.unstubAllEnvs())
      for (const text of [date, 'Thursday, 01-Jan-26 00:00:00 GMT', 'Thu Jan  1 00:00:00 2026']) {
        expect(read({ date: text }).date, text).toBe(Date.UTC(2026, 0, 1))
      }
    },
  )

  it.each(['', 'soon', 'Thu, 99 Foo 2026'])('does not accept the date %j', (text) => {
    expect(read({ date: text })).toEqual(noTiming)
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
    expect(read({ date, 'retry-after': text }).retryAfterSeconds).toBe(seconds)
  })

  it('does not compare a date with an unknown clock', () => {
    expect(read({ 'retry-after': 'Thu, 01 Jan 2026 00:01:00 GMT' }).retryAfterSeconds).toBeUndefined()
  })
})
