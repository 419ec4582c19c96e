import { describe, expect, it } from 'vitest'
import { GrantsError } from './errors.ts'
import {
  boolean,
  count,
  invalidState,
  list,
  nullable,
  number,
  object,
  oneOf,
  optional,
  type Reader,
  readJson,
  secret,
  string,
} from './json-reader.ts'

const json = JSON.stringify({
  version: 3,
  text: 's3cret',
  empty: '',
  zero: 0,
  negative: -1,
  half: 0.5,
  nothing: null,
  yes: true,
  inner: { text: 'deep' },
  list: [{ count: 1 }, { count: 2 }],
  mixed: [{ count: 1 }, { count: 's3cret' }],
})

/** Reads one field of the object above. */
const read = <T>(name: string, reader: Reader<T>) => readJson(json, object({ [name]: reader }))[name]

function findProblem(task: () => unknown): string {
  try {
    task()
  } catch (thrown) {
    if (!GrantsError.isInstance(thrown) || thrown.code !== 'invalid_state') throw thrown
    return thrown.details.problem
  }
  return 'none'
}

describe('readJson', () => {
  it('reads fields by type', () => {
    expect(read('text', string)).toBe('s3cret')
    expect(read('text', optional(string))).toBe('s3cret')
    expect(read('text', secret)?.reveal()).toBe('s3cret')
    expect(read('text', optional(secret))?.reveal()).toBe('s3cret')
    expect([read('half', number), read('negative', optional(number)), read('zero', count)]).toEqual([0.5, -1, 0])
    expect([read('nothing', nullable(number)), read('zero', nullable(number))]).toEqual([null, 0])
    expect(read('yes', boolean)).toBe(true)
    expect(read('text', oneOf('other', 's3cret'))).toBe('s3cret')
    expect(read('version', oneOf(2, 3))).toBe(3)
    expect(read('inner', object({ text: string }))).toEqual({ text: 'deep' })
    expect(read('inner', optional(object({ text: string })))).toEqual({ text: 'deep' })
    expect(read('list', list(object({ count })))).toEqual([{ count: 1 }, { count: 2 }])
  })

  it('returns undefined for optional fields that are absent', () => {
    expect(read('absent', optional(string))).toBeUndefined()
    expect(read('absent', optional(secret))).toBeUndefined()
    expect(read('absent', optional(number))).toBeUndefined()
    expect(read('absent', optional(object({})))).toBeUndefined()
  })

  it('leaves out fields that the shape does not name', () => {
    expect(readJson(json, object({ zero: count, inner: object({}) }))).toEqual({ zero: 0, inner: {} })
  })

  it.each([
    ['text that is not JSON', () => readJson('{"a":s3cret', object({})), 'it is not JSON'],
    ['a list', () => readJson('["s3cret"]', object({})), 'it is not a JSON object'],
    ['null', () => readJson('null', object({})), 'it is not a JSON object'],
    ['a missing number', () => read('inner', object({ version: number })), 'inner.version is not a number'],
    ['an empty string', () => read('empty', string), 'empty is not a string'],
    ['a number for a string', () => read('zero', string), 'zero is not a string'],
    ['null for an optional string', () => read('nothing', optional(string)), 'nothing is not a string'],
    ['a missing secret', () => read('absent', secret), 'absent is not a string'],
    ['a string for a number', () => read('text', number), 'text is not a number'],
    ['infinity', () => readJson('{"n":1e999}', object({ n: number })), 'n is not a number'],
    ['a string for a count', () => read('text', count), 'text is not a count'],
    ['a negative count', () => read('negative', count), 'negative is not a count'],
    ['half a count', () => read('half', count), 'half is not a count'],
    ['undefined for null', () => read('absent', nullable(number)), 'absent is not a number'],
    ['a number for a boolean', () => read('zero', boolean), 'zero is not true or false'],
    ['an unknown word', () => read('text', oneOf('a', 'b')), 'text is none of a, b'],
    ['a string for an object', () => read('text', object({})), 'text is not an object'],
    ['a list for an object', () => read('list', object({})), 'list is not an object'],
    ['an object for a list', () => read('inner', list(string)), 'inner is not a list'],
    ['a list of strings', () => readJson('{"l":["s3cret"]}', object({ l: list(object({})) })), 'l[0] is not an object'],
    ['a bad item', () => read('mixed', list(object({ count }))), 'mixed[1].count is not a count'],
    ['a nested field', () => read('inner', object({ text: number })), 'inner.text is not a number'],
  ])('rejects %s and does not repeat the value', (_, task, problem) => {
    expect(findProblem(task)).toBe(problem)
    expect(problem).not.toContain('s3cret')
  })
})

describe('invalidState', () => {
  it('has a message that says what to do', () => {
    expect(() => readJson('', object({}))).toThrow('The saved state cannot be used: it is not JSON. Sign in again.')
    expect(invalidState('it is not JSON').details).toEqual({ problem: 'it is not JSON' })
  })
})
