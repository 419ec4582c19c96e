import { Agent } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { GrantsError } from '@particle-grants/core'
import type { AxiosInstance, AxiosStatic } from 'axios'
import { expect, onTestFinished } from 'vitest'
import type { Scene } from './scene.ts'

/** How a storm comes about. */
export interface Way {
  readonly title: string
  readonly calls: number
  readonly sockets: number
  /** Milliseconds that the calls come in; 0: all in one tick. */
  readonly spread: number
}

const isLong = Boolean(process.env.PARTICLE_GRANTS_LONG)
const size = (small: number) => (isLong ? 10_000 : small)

/** `PARTICLE_GRANTS_LONG=1` for the whole size. */
export const ways: readonly Way[] = [
  { title: 'through a pool of 256', calls: size(1000), sockets: 256, spread: 0 },
  { title: 'spread over 500 ms', calls: size(400), sockets: 256, spread: 500 },
  // More at once than the system queues for a server are its matter, and are reset on a busy machine.
  { title: 'through a thousand sockets', calls: size(400), sockets: 1000, spread: 0 },
]

/** An instance with sockets of its own. */
export function pooled(axios: AxiosStatic, { sockets }: Way, baseURL: string): AxiosInstance {
  const httpAgent = new Agent({ keepAlive: true, maxSockets: sockets })
  onTestFinished(() => httpAgent.destroy())
  return axios.create({ baseURL, httpAgent })
}

/** What a storm does besides calling. */
export interface StormOptions {
  /** For the first so many calls. */
  readonly signals?: readonly AbortSignal[]
  /** Called when the last call has begun. */
  readonly onBegun?: () => void
}

/** Calls that go round among the instances, and end as they end. */
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

/** How many were answered, and how many rejected with which code. */
export function tally(results: readonly PromiseSettledResult<unknown>[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const result of results) {
    const what = result.status === 'fulfilled' ? 'answered' : String(result.reason.code)
    counts[what] = (counts[what] ?? 0) + 1
  }
  return counts
}

/** All of them rejected, each with a typed error of its own. */
export function expectOwnErrors(results: readonly PromiseSettledResult<unknown>[]): void {
  const errors = results.map((result) => (result.status === 'rejected' ? result.reason : undefined))
  expect(errors.every((error) => GrantsError.isInstance(error))).toBe(true)
  expect(new Set(errors).size).toBe(results.length)
}

/** What the server saw, in the words of the test's report. */
export function report(title: string, scene: Scene, results: readonly PromiseSettledResult<unknown>[]): void {
  const counts = Object.entries(tally(results)).map(([what, count]) => `${count} ${what}`)
  const refused = scene.statuses().filter((status) => status === 401).length
  process.stdout.write(
    `storm of ${results.length} ${title}: ${counts.join(', ')}; ${scene.tokenRequests()} token requests, ${scene.statuses().length} API requests, ${refused} of them 401\n`,
  )
}
