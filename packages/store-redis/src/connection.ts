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
  readonly timeoutMs?: number
}

/** Between two attempts on a broken connection. Clients reconnect within about 50 ms if they can. */
const retryDelayMs = 100

/** Runs scripts with a time limit, and repeats them while a connection is restored. Rejects with `store_unavailable`. */
export class Connection {
  readonly #client: RedisClient
  readonly #timeoutMs: number

  constructor(client: RedisClient, timeoutMs: number) {
    this.#client = client
    this.#timeoutMs = timeoutMs
  }

  async run(script: string, { keys, args, timeoutMs = this.#timeoutMs }: ScriptCall): Promise<unknown> {
    // A monotonic clock: changes of the system time do not affect the limit.
    const deadline = performance.now() + timeoutMs
    let problem = noResponse(timeoutMs)
    for (let isRepeated = false; ; ) {
      if (isClosed(this.#client)) throw unavailable(notConnected)
      const leftMs = deadline - performance.now()
      if (leftMs <= 0) throw unavailable(problem)
      if (isReady(this.#client)) {
        const allArgs = typeof args === 'function' ? args(isRepeated) : args
        const outcome = await this.#attempt({ text: script, keys, args: allArgs }, leftMs)
        if ('result' in outcome) return outcome.result
        problem = outcome.problem ?? problem
        isRepeated = true
      } else {
        problem = noConnection
      }
      await sleep(Math.max(0, Math.min(retryDelayMs, deadline - performance.now())), undefined, {
        ref: false,
      })
    }
  }

  /** Returns the result or a transient problem, and no problem after a time-out. Rejects if a repetition cannot help. */
  async #attempt(script: Script, leftMs: number): Promise<Outcome> {
    try {
      return { result: await this.#send(script, leftMs) }
    } catch (thrown) {
      if (thrown === timeoutError) return { problem: undefined }
      const problem = toRedisProblem(thrown)
      if (!problem.isTransient) throw unavailable(problem)
      return { problem }
    }
  }

  /** Clients of `redis` queue commands without limit while they reconnect, so the command is withdrawn after `leftMs`. */
  async #send(script: Script, leftMs: number): Promise<unknown> {
    const controller = new AbortController()
    let timer: NodeJS.Timeout | undefined
    const timeout = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(timeoutError), leftMs).unref()
    })
    try {
      return await Promise.race([runScript(this.#client, script, controller.signal), timeout])
    } catch (thrown) {
      controller.abort()
      throw thrown
    } finally {
      clearTimeout(timer)
    }
  }
}

const timeoutError = new Error('No response in time.')

type Outcome = { readonly result: unknown } | { readonly problem: RedisProblem | undefined }
