import { Agent } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { GrantsError } from '@particle-grants/core'
import { isStressRun, reportCounts, rounds } from '@particle-grants/test-kit/levels'
import type { AxiosInstance, AxiosStatic } from 'axios'
import { expect, onTestFinished } from 'vitest'
import type { Scene } from './scene.ts'

/** How the calls of a storm are made. */
export interface Way {
  readonly title: string
  readonly calls: number
  readonly sockets: number
  /** Milliseconds over which the calls start. 0 starts all of them in one tick. */
  readonly spread: number
}

/** Fewer than the calls of a storm, so that most calls wait for a socket. */
const poolSize = rounds({ test: 8, stress: 256 })
const spread = rounds({ test: 50, stress: 500 })

export const ways: readonly Way[] = [
  {
    title: `through a pool of ${poolSize}`,
    calls: rounds({ test: 50, stress: 10_000 }),
    sockets: poolSize,
    spread: 0,
  },
  {
    title: `spread over ${spread} ms`,
    calls: rounds({ test: 50, stress: 10_000 }),
    sockets: poolSize,
    spread,
  },
  // The system's accept queue limits connections at once: a busy machine resets the ones beyond it.
  {
    title: 'through a thousand sockets',
    calls: rounds({ test: 50, stress: 10_000 }),
    sockets: 1000,
    spread: 0,
  },
]

/** Returns an instance with its own sockets. */
export function pooled(axios: AxiosStatic, { sockets }: Way, baseURL: string): AxiosInstance {
  const httpAgent = new Agent({ keepAlive: true, maxSockets: sockets })
  onTestFinished(() => httpAgent.destroy())
  return axios.create({ baseURL, httpAgent })
}

/** Options of a storm. */
export interface StormOptions {
  /** Signals of the first calls. */
  readonly signals?: readonly AbortSignal[]
  /** Called when the last call has started. */
  readonly onBegun?: () => void
}

/** Makes the calls in turn through the instances and returns how each one ended. */
export async function storm(
  { calls, spread }: Way,
  instances: readonly AxiosInstance[],
  { signals, onBegun }: StormOptions = {},
): Promise<readonly PromiseSettledResult<unknown>[]> {
  let begun = 0
  const call = async (index: number) => {
    if (spread > 0) await sleep((index / calls) * spread)
    const signal = signals?.[index]
    const url = `/v1/devices/garden?call=${index}`
    const instance = instances[index % instances.length] as AxiosInstance
    const answer = instance.get(url, signal === undefined ? {} : { signal })
    begun += 1
    if (begun === calls) onBegun?.()
    return answer
  }
  return Promise.allSettled(Array.from({ length: calls }, (_, index) => call(index)))
}

/** Counts the answered calls, and the rejected ones by error code. */
export function tally(results: readonly PromiseSettledResult<unknown>[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const result of results) {
    const what = result.status === 'fulfilled' ? 'answered' : String(result.reason.code)
    counts[what] = (counts[what] ?? 0) + 1
  }
  return counts
}

/** Expects that every call rejected with its own `GrantsError`. */
export function expectOwnErrors(results: readonly PromiseSettledResult<unknown>[]): void {
  const errors = results.map((result) => (result.status === 'rejected' ? result.reason : undefined))
  expect(errors.every((error) => GrantsError.isInstance(error))).toBe(true)
  expect(new Set(errors).size).toBe(results.length)
}

/** In `test:stress`, prints how the calls ended and what the server received. */
export function report(title: string, scene: Scene, results: readonly PromiseSettledResult<unknown>[]): void {
  if (!isStressRun) return
  const statuses = scene.statuses()
  reportCounts(`storm ${title}`, {
    calls: results.length,
    ...tally(results),
    'token requests': scene.tokenRequests(),
    'API requests': statuses.length,
    'of them 401': statuses.filter((status) => status === 401).length,
  })
}
