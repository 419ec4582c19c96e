import { describe, expect, it, vi } from 'vitest'
import { type FetchResponse, isHeaderSafe, maxBodyBytes, parseJsonObject, readBody } from './http.ts'

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
    expect([...(await readBody(response, 10))]).toEqual([1, 1, 3])
    expect(cancel).not.toHaveBeenCalled()
  })

  it('returns no bytes if there is no body', async () => {
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
    expect(new TextDecoder().decode(await readBody(new Response('päß')))).toBe('päß')
  })
})

describe('parseJsonObject', () => {
  it('parses text and bytes alike', () => {
    expect(parseJsonObject(' {"a":1}\n')).toEqual({ a: 1 })
    expect(parseJsonObject(new TextEncoder().encode('{"a":1}'))).toEqual({ a: 1 })
  })

  it('returns an object without a prototype', () => {
    expect(Object.getPrototypeOf(parseJsonObject('{"__proto__":{"a":1}}'))).toBeNull()
  })

  it.each([
    ['', 'empty'],
    ['<html>', 'html'],
    ['cb({})', 'jsonp'],
    ['{', 'not_json'],
    ['[]', 'not_an_object'],
    [new Uint8Array([0xff]), 'not_utf8'],
    [new Uint8Array(maxBodyBytes + 1), 'too_large'],
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
