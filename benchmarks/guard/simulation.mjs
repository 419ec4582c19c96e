// A day in a second: programs that call a sandbox over simulated time. Each process has a separate clock object, and
// with it its own state in the lockout guard's registry.
import { createHash, createHmac } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import { createSession, GrantsError } from '@particle-grants/core'
import { createClock, createSandbox } from '@particle-grants/sandbox'

export const second = 1000
export const minute = 60 * second
export const hour = 60 * minute
export const day = 24 * hour

const start = Date.UTC(2026, 0, 1)

// The platform's own ones run in another thread, which costs more than everything else in these calls.
Object.defineProperties(globalThis.crypto.subtle, {
  digest: { value: async (_algorithm, data) => toBuffer(createHash('sha256').update(data).digest()) },
  importKey: { value: async (_format, key) => key },
  sign: { value: async (_algorithm, key, data) => toBuffer(createHmac('sha256', key).update(data).digest()) },
})

function toBuffer(bytes) {
  return new Uint8Array(bytes).buffer
}

/** Random numbers that are the same in each run (mulberry32). */
export function createRandom(seed) {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** The times of a Poisson process, in milliseconds. */
export function* arrivals(random, perHour, endMs) {
  let at = 0
  for (;;) {
    at += (-Math.log(1 - random()) * hour) / perHour
    if (at >= endMs) return
    yield at
  }
}

/** The times of a program that runs at regular intervals, in milliseconds. */
export function* intervals(stepMs, endMs, firstMs = 0) {
  for (let at = firstMs; at < endMs; at += stepMs) yield at
}

/** A sandbox with Particle's limits, one address, and the calls that programs make over simulated time. */
export class Simulation {
  #time = 0
  #sleepers = []
  #sleeping = 0
  #active = 0
  #events = []
  #refusals = 0
  /** By label and program: since when its calls fail. */
  #failing = new Map()
  #isDown = () => false
  #hasGuard
  #failure
  #lockouts = 0
  #requests = 0
  #signIns = 0
  /** What was counted of calls that should succeed, by label. */
  #calls = {}

  /** @param hasGuard - whether its programs use the lockout guard */
  constructor(hasGuard, { accounts, ...settings } = {}) {
    this.#hasGuard = hasGuard
    this.clock = createClock({ start, frozen: true })
    this.sandbox = createSandbox({
      clock: this.clock,
      rateLimit: { requests: 100, seconds: 300 },
      lockout: { failures: 10, seconds: 1800 },
      ...(accounts && { accounts }),
      ...settings,
    })
    this.sandbox.subscribe((entry) => this.#count(entry))
  }

  /** Milliseconds since the start of the simulation. */
  get time() {
    return this.#time
  }

  /** Fails every request while `isDown` says so, given the time. */
  addOutage(isDown) {
    this.#isDown = isDown
  }

  /** Returns the options of sessions in a new process. */
  startProcess() {
    const clock = {
      now: () => start + this.#time,
      sleep: (ms, signal) => this.#sleep(ms, signal),
    }
    const options = { clock, fetch: (url, init) => this.#fetch(url, init) }
    return this.#hasGuard ? options : { ...options, lockoutGuard: false }
  }

  /** Signs in with a new web session of a process. */
  login(options, credentials) {
    this.#signIns += 1
    return createSession({ ...options, signInId: `sign-in-${String(this.#signIns).padStart(32, '0')}` }).login(
      credentials,
    )
  }

  /** Calls `run` at each of these times. */
  schedule(times, run) {
    for (const at of times) this.#events.push({ at, run })
  }

  /**
   * Waits for a call that should succeed, and counts it as lost if it fails.
   *
   * @param label - the row of the table
   * @param program - whose wait this is: it lasts from its first lost call to its next one that succeeds
   */
  async expectSuccess({ label = '', program = '' }, call) {
    this.#calls[label] ??= { good: 0, lost: 0, longestWaitMs: 0, codes: {} }
    const calls = this.#calls[label]
    const key = `${label}/${program}`
    const startedAt = this.#time
    calls.good += 1
    try {
      await call()
      const { since = startedAt } = this.#failing.get(key) ?? {}
      this.#failing.delete(key)
      calls.longestWaitMs = Math.max(calls.longestWaitMs, this.#time - since)
    } catch (error) {
      // Everything else would need a person.
      if (!GrantsError.isInstance(error) || error.retry !== 'later') throw error
      calls.lost += 1
      calls.codes[error.code] = (calls.codes[error.code] ?? 0) + 1
      if (!this.#failing.has(key)) this.#failing.set(key, { calls, since: startedAt })
    }
  }

  /** Waits for a call that should fail, as with a wrong password. */
  async expectFailure(call) {
    try {
      await call()
    } catch (error) {
      // A call that the library rejects would count as a guess that was held back.
      if (GrantsError.isInstance(error) && error.code !== 'invalid_argument') return
      throw error
    }
    throw new Error('This call should have failed')
  }

  /** Runs all calls in the order of their times. Returns what was counted. */
  async run() {
    const events = this.#events.sort((a, b) => a.at - b.at)
    let next = 0
    while (next < events.length || this.#sleepers.length > 0) {
      const wakeAt = this.#sleepers[0]?.at ?? Number.POSITIVE_INFINITY
      const eventAt = events[next]?.at ?? Number.POSITIVE_INFINITY
      this.#time = Math.max(this.#time, Math.min(wakeAt, eventAt))
      this.clock.set(start + this.#time)
      if (wakeAt <= eventAt) {
        this.#sleepers.shift().wake()
      } else {
        const { run } = events[next]
        next += 1
        this.#start(run)
      }
      await this.#settle()
    }
    if (this.#failure !== undefined) throw this.#failure
    // What still fails at the end has waited until then.
    for (const { calls, since } of this.#failing.values()) {
      calls.longestWaitMs = Math.max(calls.longestWaitMs, this.#time - since)
    }
    return { lockouts: this.#lockouts, requests: this.#requests, calls: this.#calls }
  }

  #start(run) {
    this.#active += 1
    Promise.resolve(run())
      .catch((error) => {
        this.#failure ??= error
      })
      .finally(() => {
        this.#active -= 1
      })
  }

  /** Resolves when every call has ended or sleeps. */
  async #settle() {
    let isQuiet = false
    for (;;) {
      await setImmediate()
      const wasQuiet = isQuiet
      isQuiet = this.#active <= this.#sleeping
      if (isQuiet && (wasQuiet || this.#active === 0)) return
    }
  }

  #sleep(ms, signal) {
    return new Promise((resolve) => {
      this.#sleeping += 1
      const sleeper = {
        at: this.#time + ms,
        wake: () => {
          this.#sleeping -= 1
          signal?.removeEventListener('abort', abort)
          resolve()
        },
      }
      const abort = () => {
        this.#sleepers = this.#sleepers.filter((one) => one !== sleeper)
        sleeper.wake()
      }
      if (signal?.aborted) return sleeper.wake()
      signal?.addEventListener('abort', abort, { once: true })
      const index = this.#sleepers.findIndex(({ at }) => at > sleeper.at)
      this.#sleepers.splice(index === -1 ? this.#sleepers.length : index, 0, sleeper)
    })
  }

  async #fetch(url, { method, headers, body }) {
    if (this.#isDown(this.#time)) {
      this.#requests += 1
      throw new TypeError('fetch failed')
    }
    return this.sandbox.fetch(url, { method, headers, body })
  }

  #count({ path, status }) {
    if (path !== '/oauth/token') return
    this.#requests += 1
    if (status === 429) return
    this.#refusals = status < 400 ? 0 : this.#refusals + 1
    if (this.#refusals < 10) return
    this.#lockouts += 1
    this.#refusals = 0
  }
}
