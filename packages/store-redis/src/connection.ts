import { setTimeout as sleep } from 'node:timers/promises'
import { isClosed, isReady, type RedisClient, runScript, type Script } from './redis-client.ts'
import {
  noConnection,
  noResponse,
  notConnected,
  type RedisProblem,
  toRedisProblem,
  unavailable,
} from './redis-errors.ts'

export interface ScriptCall {
  readonly keys: readonly string[]
  /** A function when the arguments of a repeated call differ. */
  readonly args: readonly string[] | ((isRepeated: boolean) => readonly string[])
  /** In milliseconds. @default the time limit of the connection */
  readonly timeoutMs?: number | undefined
}

/** Between two attempts on a broken connection. Clients reconnect within about 50 ms if they can. */
const retryDelayMs = 100
const timeoutError = new Error('No response in time.')

type Outcome = { readonly result: unknown } | { readonly problem: RedisProblem | undefined }

/** Runs scripts with a time limit, and repeats them while a connection is restored. Rejects with `store_unavailable`. */
export class Connection {
  readonly #client: RedisClient
  readonly #timeoutMs: number

  constructor(client: RedisClient, timeoutMs: number) {
    this.#client = client
    this.#timeoutMs = timeoutMs
  }

  async run(text: string, { keys, args, timeoutMs = this.#timeoutMs }: ScriptCall): Promise<unknown> {
    // A monotonic clock: changes of the system time do not affect the limit.
    const deadline = performance.now() + timeoutMs
    let problem = noResponse(timeoutMs)
    let wasSent = false
    for (let leftMs = timeoutMs; leftMs > 0; leftMs = deadline - performance.now()) {
      if (isClosed(this.#client)) throw unavailable(notConnected)
      if (isReady(this.#client)) {
        const script = { text, keys, args: typeof args === 'function' ? args(wasSent) : args }
        const outcome = await this.#attempt(script, leftMs)
        if ('result' in outcome) return outcome.result
        problem = outcome.problem ?? problem
        wasSent = true
      } else {
        problem = noConnection
      }
      const pauseMs = Math.min(retryDelayMs, deadline - performance.now())
      await sleep(Math.max(0, pauseMs), undefined, { ref: false })
    }
    throw unavailable(problem)
  }

  /** Returns the result or a transient problem, and no problem after a time-out. Rejects if a repetition cannot help. */
  async #attempt(script: Script, timeoutMs: number): Promise<Outcome> {
    try {
      return { result: await this.#send(script, timeoutMs) }
    } catch (thrown) {
      const problem = thrown === timeoutError ? undefined : toRedisProblem(thrown)
      if (problem?.isTransient === false) throw unavailable(problem)
      return { problem }
    }
  }

  /** Clients of `redis` queue commands without limit while they reconnect, so the command is withdrawn after `timeoutMs`. */
  async #send(script: Script, timeoutMs: number): Promise<unknown> {
    const controller = new AbortController()
    const timeout = new Promise<never>((_, reject) => {
      controller.signal.addEventListener('abort', () => reject(timeoutError))
    })
    const timer = setTimeout(() => controller.abort(), timeoutMs).unref()
    try {
      return await Promise.race([runScript(this.#client, script, controller.signal), timeout])
    } finally {
      clearTimeout(timer)
    }
  }
}
