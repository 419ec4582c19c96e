import type { AnyGrantsError } from '../errors/grants-error.ts'
import { GrantsError } from '../errors/grants-error.ts'
import type { TokenRequest } from '../grants/catalogue.ts'
import type { Effect, Refusal } from '../machine/effect.ts'
import type { Event } from '../machine/event.ts'
import { type Identity, isSettled, type State } from '../machine/state.ts'
import { transition } from '../machine/transition.ts'
import { Mutex } from '../mutex.ts'
import type { Store } from '../store/store.ts'
import { StoredSession } from './stored.ts'
import { exchange, revoke, type Wire } from './wire.ts'

/** What came of a step besides the state: the first thing that went wrong, if anything did. */
export interface Outcome {
  /** Why the step did not get on. */
  refusal?: AnyGrantsError
  /** Why the session could not be saved or removed. */
  storeFailure?: unknown
  /** What became of the access token, where it was to be revoked. */
  revocation?: 'revoked' | AnyGrantsError
}

/** Drives the machine: the only place that performs effects. One step at a time, in this process and, by the store, in others. */
export class Runner {
  readonly #wire: Wire
  readonly #stored: StoredSession
  readonly #mutex = new Mutex()
  readonly #listeners = new Set<(state: State) => void>()
  #state: State

  constructor(wire: Wire, store: Store, initial: State) {
    this.#wire = wire
    this.#stored = new StoredSession(store)
    this.#state = initial
  }

  /** The state as the clock sees it: what is over by now is over. */
  get state(): State {
    return transition(this.#state, { type: 'time_passed', at: this.#wire.clock.now() }).state
  }

  subscribe(listener: (state: State) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Reads what other processes saved. */
  load(): Promise<void> {
    return this.#alone(this.#state.identity, async () => {})
  }

  /**
   * Takes a step: waits its turn, reads what others saved, and does what the machine says.
   * `decide` gives the event, or nothing when what was read makes the step needless.
   */
  step(
    subject: Identity['subject'],
    decide: (state: State) => Event | undefined,
    signal?: AbortSignal,
  ): Promise<Outcome> {
    const identity = { ...this.#state.identity, subject: this.#state.identity.subject ?? subject }
    return this.#alone(identity, async () => {
      if (signal?.aborted) throw signal.reason
      const outcome: Outcome = {}
      const event = decide(this.#state)
      if (event !== undefined) await this.#take(event, outcome, signal)
      if (signal?.aborted && outcome.refusal !== undefined) throw signal.reason
      return outcome
    })
  }

  #alone<T>(identity: Identity, task: () => Promise<T>): Promise<T> {
    return this.#mutex.run(() =>
      this.#stored.exclusively(identity, async () => {
        await this.#read(identity)
        return task()
      }),
    )
  }

  async #read(identity: Identity): Promise<void> {
    const loaded = await this.#stored.load(identity)
    if (loaded === 'gone') this.#enter({ status: 'signed_out', identity, reason: 'logged_out' })
    else if (loaded !== 'unchanged') this.#enter(loaded)
  }

  async #take(event: Event, outcome: Outcome, signal: AbortSignal | undefined): Promise<void> {
    const before = this.#state
    const { state, effects } = transition(before, event)
    this.#enter(state)
    for (const effect of effects) {
      await this.#perform(effect, outcome, signal)
      // What has to be saved before sending was not: nothing is sent.
      if (effect.type === 'save' && outcome.storeFailure !== undefined && !isSettled(state)) {
        return this.#enter(before)
      }
    }
  }

  async #perform(effect: Effect, outcome: Outcome, signal: AbortSignal | undefined): Promise<void> {
    switch (effect.type) {
      case 'request':
        return this.#request(effect.request, outcome, signal)
      case 'save':
        return noting(outcome, () => this.#stored.save(effect.state))
      case 'forget':
        return noting(outcome, () => this.#stored.remove(this.#state.identity))
      case 'revoke':
        outcome.revocation = await revoke(this.#wire, effect.accessToken, signal)
        return
      case 'refuse':
        outcome.refusal = toError(effect.refusal)
    }
  }

  async #request(request: TokenRequest, outcome: Outcome, signal: AbortSignal | undefined): Promise<void> {
    const event = await exchange(this.#wire, request, signal)
    await this.#take(event, outcome, signal)
  }

  #enter(state: State): void {
    if (state === this.#state) return
    this.#state = state
    for (const listener of this.#listeners) {
      // A listener that throws is reported as an unhandled rejection, and stops nobody.
      void (async () => listener(state))()
    }
  }
}

/** A store that fails stops nothing: what the session holds in memory counts, and the failure is told at the end. */
async function noting(outcome: Outcome, run: () => Promise<void>): Promise<void> {
  try {
    await run()
  } catch (thrown) {
    outcome.storeFailure = thrown
  }
}

function toError({ code, details, cause }: Refusal): AnyGrantsError {
  return new GrantsError(code, details, cause && { cause }) as AnyGrantsError
}
