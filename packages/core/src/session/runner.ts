import type { ErrorCode } from '../errors/details.ts'
import { type AnyGrantsError, GrantsError } from '../errors/grants-error.ts'
import type { FailureBudget } from '../failure-budget/failure-budget.ts'
import type { Effect, Refusal } from '../machine/effect.ts'
import type { Event } from '../machine/event.ts'
import { type Identity, isSettled, type State } from '../machine/state.ts'
import { transition } from '../machine/transition.ts'
import { Mutex } from '../mutex.ts'
import type { Store } from '../store/store.ts'
import { admittedExchange, type SendOptions } from './admitted-exchange.ts'
import { StoredSession } from './stored.ts'
import { revoke, type Wire } from './wire.ts'

/** What came of a step besides the state. */
export interface Outcome {
  /** Why the step did not get on. */
  refusal?: AnyGrantsError
  /** Why the session could not be saved or removed. */
  storeFailure?: unknown
  /** What became of the access token, where it was to be revoked. */
  revocation?: 'revoked' | AnyGrantsError
}

/** How a step is taken. */
export interface StepOptions extends Partial<Omit<SendOptions, 'renewing' | 'lost'>> {
  /** Whom the step binds a session to that belongs to nobody yet. */
  readonly subject?: Identity['subject']
  /** Errors of reading the store that don't stop the step, since it writes anew or removes what is there. */
  readonly despite?: readonly ErrorCode[]
}

/** A step under way, and whether its lock was lost. */
type TakeOptions = StepOptions & Pick<SendOptions, 'lost'>

/** What a runner works with. Sessions of one client share it. */
export interface Machinery {
  readonly wire: Wire
  readonly store: Store
  readonly budget: FailureBudget
}

/** Drives the machine: the only place that performs effects. One step at a time, here and, by the store, elsewhere. */
export class Runner {
  readonly #machinery: Machinery
  readonly #stored: StoredSession
  readonly #mutex = new Mutex()
  readonly #listeners: ((state: State) => void)[] = []
  #state: State

  constructor(machinery: Machinery, initial: State) {
    this.#machinery = machinery
    this.#stored = new StoredSession(machinery.store)
    this.#state = initial
  }

  /** The state as the last step left it. */
  get latest(): State {
    return this.#state
  }

  /** The state as the clock sees it: what is over by now is over. */
  get state(): State {
    return transition(this.#state, { type: 'time_passed', at: this.#machinery.wire.clock.now() }).state
  }

  subscribe(listener: (state: State) => void): () => void {
    this.#listeners.push(listener)
    return () => {
      const index = this.#listeners.indexOf(listener)
      if (index !== -1) this.#listeners.splice(index, 1)
    }
  }

  /** Reads what other processes saved. */
  async load(): Promise<void> {
    await this.step(() => undefined)
  }

  /** Whether a step is under way or waits. */
  get busy(): boolean {
    return !this.#mutex.idle
  }

  /**
   * Takes a step: waits its turn, reads what others saved, and does what the machine says.
   * `decide` gives the event, or nothing when what was read makes the step needless.
   */
  step(decide: (state: State) => Event | undefined, options: StepOptions = {}): Promise<Outcome> {
    const { signal } = options
    return this.#mutex.run(() => {
      const { identity } = this.#state
      const bound = { ...identity, subject: identity.subject ?? options.subject }
      return this.#stored.exclusively(bound, async (lost) => {
        if (signal?.aborted) throw signal.reason
        await this.#read(bound, options.despite ?? [])
        const outcome: Outcome = {}
        const event = decide(this.#state)
        if (event !== undefined) await this.#take(event, outcome, { ...options, lost })
        if (signal?.aborted && outcome.refusal !== undefined) throw signal.reason
        return outcome
      })
    })
  }

  async #read(identity: Identity, despite: readonly ErrorCode[]): Promise<void> {
    try {
      const loaded = await this.#stored.load(identity)
      if (loaded === 'gone') this.#enter({ status: 'signed_out', identity, reason: 'logged_out' })
      else if (loaded !== 'unchanged') this.#enter(loaded)
    } catch (thrown) {
      if (!(GrantsError.isInstance(thrown) && despite.includes(thrown.code))) throw thrown
    }
  }

  async #take(event: Event, outcome: Outcome, options: TakeOptions): Promise<void> {
    const before = this.#state
    const { state, effects } = transition(before, event)
    this.#enter(state)
    for (const effect of effects) {
      await this.#perform(effect, outcome, options)
      // What has to be saved before sending was not: nothing is sent.
      if (effect.type === 'save' && outcome.storeFailure !== undefined && !isSettled(state)) {
        return this.#enter(before)
      }
    }
  }

  async #perform(effect: Effect, outcome: Outcome, options: TakeOptions): Promise<void> {
    switch (effect.type) {
      case 'request': {
        const { automatic = false, signal, lost } = options
        const renewing = this.#state.status === 'renewing'
        const send = { automatic, renewing, signal, lost }
        const event = await admittedExchange(this.#machinery, effect.request, send)
        return this.#take(event, outcome, options)
      }
      case 'save':
        return noting(outcome, () => this.#stored.save(effect.state))
      case 'forget':
        return noting(outcome, () => this.#stored.remove(this.#state.identity))
      case 'revoke':
        outcome.revocation = await revoke(this.#machinery.wire, effect.accessToken, options.signal)
        return
      case 'refuse':
        outcome.refusal = toError(effect.refusal)
    }
  }

  #enter(state: State): void {
    if (state === this.#state) return
    this.#state = state
    for (const listener of [...this.#listeners]) {
      // A listener that throws is reported as an unhandled rejection, and stops nobody.
      void (async () => listener(state))()
    }
  }
}

/** Throws what kept a step from getting on. */
export function throwRefusal({ refusal, storeFailure }: Outcome): void {
  if (refusal !== undefined) throw refusal
  if (storeFailure !== undefined) throw storeFailure
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
