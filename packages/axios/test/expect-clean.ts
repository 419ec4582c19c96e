import { inspect } from 'node:util'
import type { AxiosError } from 'axios'
import { expect } from 'vitest'
import { tokenNumber } from './tokens.ts'

const planted = [tokenNumber(1), tokenNumber(2)]

/** What a call rejects with. */
export function failure(promise: Promise<unknown>): Promise<AxiosError> {
  return promise.then(
    () => expect.unreachable('the call should fail'),
    (error: AxiosError) => error,
  )
}

/** Expects that no numbered token is reachable from an error, and that no way to print it or its parts shows one. */
export function expectClean(error: unknown): void {
  const { config, request, response, cause } = error as AxiosError
  const parts = new Set([error, config, request, response, response?.config, response?.request, cause])
  // The parts are members of the error: its deep print-out contains them.
  const depth = Number.POSITIVE_INFINITY
  const deep = inspect(error, { depth, showHidden: true, getters: true, maxStringLength: null })
  for (const part of parts) {
    const text = [deep, inspect(part), json(part), ...reachable(part)].join('\n')
    expect(planted.filter((token) => text.includes(token))).toEqual([])
  }
}

/** Whether a numbered token can be reached: what `expectClean` looks for is there to be found. */
export function leadsToToken(value: unknown): boolean {
  return planted.some((token) => reachable(value).some((text) => text.includes(token)))
}

/** Every string that can be reached, also by getters and prototypes' own names, and in sockets and streams. */
function reachable(value: unknown): string[] {
  const seen = new Set<unknown>()
  const found: string[] = []
  const pending: unknown[] = [value]
  while (pending.length > 0 && seen.size < 200_000) {
    const current = pending.pop()
    if (typeof current === 'string') found.push(current)
    if (typeof current !== 'object' || current === null || seen.has(current)) continue
    seen.add(current)
    if (Buffer.isBuffer(current)) found.push(current.toString('latin1'))
    if (current instanceof Map) pending.push(...current.keys(), ...current.values())
    pending.push(...membersOf(current))
  }
  return found
}

function* membersOf(value: object): Generator<unknown> {
  for (const key of Reflect.ownKeys(value)) {
    yield key
    try {
      yield Reflect.get(value, key)
    } catch {
      // A getter for something else.
    }
  }
}

/** Some versions of Axios can't write an error of a cancel token. */
function json(value: unknown): string {
  try {
    return `${JSON.stringify(value)}`
  } catch (error) {
    return String(error)
  }
}
