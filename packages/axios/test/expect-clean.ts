import { inspect } from 'node:util'
import type { AxiosError } from 'axios'
import { expect } from 'vitest'
import { tokenNumber } from './tokens.ts'

const planted = [tokenNumber(1), tokenNumber(2)]

/** Returns what a call rejects with. */
export function failure(promise: Promise<unknown>): Promise<AxiosError> {
  return promise.then(
    () => expect.unreachable('the call should fail'),
    (error: AxiosError) => error,
  )
}

/** Expects that no numbered token is in an error: printed, as JSON, or in any of its parts. */
export function expectClean(error: unknown): void {
  const { config, request, response, cause } = error as AxiosError
  const texts = [error, config, request, response, cause].flatMap((part) => [inspect(part), toJson(part)])
  const all = [...texts, ...collectTexts(error)].join('\n')
  expect(planted.filter((token) => all.includes(token))).toEqual([])
}

/** Every text in a value, except in agents and streams, which lead to other requests in progress. */
function collectTexts(value: unknown, seen = new Set<unknown>()): string[] {
  if (typeof value === 'string') return [value]
  if (typeof value !== 'object' || value === null || seen.has(value)) return []
  if ('sockets' in value || 'pipe' in value || 'getReader' in value) return []
  seen.add(value)
  const hidden = ['message', 'stack', 'cause'].map((name) => (value as Record<string, unknown>)[name])
  return [...Object.values(value), ...hidden].flatMap((member) => collectTexts(member, seen))
}

/** Some versions of Axios cannot serialize an error of a cancel token. */
function toJson(value: unknown): string {
  try {
    return `${JSON.stringify(value)}`
  } catch (error) {
    return String(error)
  }
}
