import { setTimeout as sleep } from 'node:timers/promises'
import { noAnswer, notConnected, type Trouble, troubleOf, unavailable } from './trouble.ts'

/** What the store uses of a client of the `redis` package, or of a pool of them. Yours to open and to close. */
export interface RedisConnection {
  readonly isOpen: boolean
  sendCommand(args: string[], options?: CommandOptions): Promise<unknown>
}

/** The version 4 client knows `signal`, later ones `abortSignal`: both take back what was not sent yet. */
interface CommandOptions {
  readonly signal?: AbortSignal
  readonly abortSignal?: AbortSignal
  readonly typeMapping?: Record<never, never>
}

/** One run of a script. */
export interface Run {
  readonly keys: readonly string[]
  /** Those of a second try may say that it is one. */
  readonly args: readonly string[] | ((again: boolean) => readonly string[])
  /** Milliseconds; the store's own limit where it is left out. */
  readonly limit?: number
}

/** Between two tries on a broken connection. Clients of `redis` reconnect within some 50 ms if they can. */
const retryDelay = 100

/** Sends commands with a limit of time, and again while a connection comes back. Rejects with `store_unavailable`. */
export class Connection {
  readonly #client: RedisConnection
  readonly #limit: number

  constructor(client: RedisConnection, limit: number) {
    this.#client = client
    this.#limit = limit
  }

  async run(script: string, { keys, args, limit = this.#limit }: Run): Promise<unknown> {
    return this.#send(
      (again) => [
        'EVAL',
        script,
        String(keys.length),
        ...keys,
        ...(typeof args === 'function' ? args(again) : args),
      ],
      limit,
    )
  }

  /** All keys that begin with a prefix: each once, and none left out that is there the whole time. */
  async keysWith(prefix: string): Promise<string[]> {
    const pattern = `${prefix.replace(/[\\*?[\]^]/g, '\\$&')}*`
    const found = new Set<string>()
    let cursor = '0'
    do {
      const command = ['SCAN', cursor, 'MATCH', pattern, 'COUNT', '1000']
      const [next, keys] = (await this.#send(() => command, this.#limit)) as [unknown, unknown[]]
      for (const key of keys) found.add(String(key))
      cursor = String(next)
    } while (cursor !== '0')
    return [...found]
  }

  async #send(command: (again: boolean) => string[], limit: number): Promise<unknown> {
    // A monotonic clock: jumps of the wall clock neither cut a wait short nor stretch it.
    const end = performance.now() + limit
    let last: Trouble = noAnswer(limit)
    for (let again = false; ; again = true) {
      if (!this.#client.isOpen) throw unavailable(notConnected)
      const left = end - performance.now()
      if (left <= 0) throw unavailable(last)
      try {
        return await this.#once(command(again), left)
      } catch (thrown) {
        if (thrown === outOfTime) throw unavailable(last)
        last = troubleOf(thrown)
        if (!last.passing) throw unavailable(last)
      }
      await sleep(Math.max(0, Math.min(retryDelay, end - performance.now())), undefined, { ref: false })
    }
  }

  /** One try. The client queues commands without limit while it reconnects; after `left` we take ours back. */
  async #once(command: string[], left: number): Promise<unknown> {
    const controller = new AbortController()
    const { signal } = controller
    let timer: NodeJS.Timeout | undefined
    const timeout = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(outOfTime), left).unref()
    })
    try {
      const answer = this.#client.sendCommand(command, { signal, abortSignal: signal, typeMapping: {} })
      return await Promise.race([answer, timeout])
    } catch (thrown) {
      controller.abort()
      throw thrown
    } finally {
      clearTimeout(timer)
    }
  }
}

const outOfTime = new Error('No answer in time.')
