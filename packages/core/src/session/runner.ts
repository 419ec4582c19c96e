import { unlessAborted } from '../aborting.ts'
import { alarm, longestDelay } from '../clock.ts'
import type { ErrorCode } from '../errors/details.ts'
import { GrantsError } from '../errors/grants-error.ts'
import type { FailureBudget } from '../failure-budget/failure-budget.ts'
import type { Effect } from '../machine/effect.ts'
import type { Event } from '../machine/event.ts'
import { type Identity, isSettled, type SettledState, type State } from '../machine/state.ts'
import { transition } from '../machine/transition.ts'
import { Mutex } from '../mutex.ts'
import type { Store } from '../store/store.ts'
import { tell } from '../tell.ts'
import {
  type AdmissionOptions,
  type Admitted,
  admission,
  release,
  sendAdmitted,
} from './admitted-exchange.ts'
import { noting, type Outcome, toError } from './outcome.ts'
import { StoredSession } from './stored.ts'
import { revoke, type Wire } from './wire.ts'

/** How a step is taken. */
export interface StepOptions extends Partial<Omit<AdmissionOptions, 'renewing' | 'proven'>> {
  /** Whom the step binds a session to that belongs to nobody yet. */
  readonly subject?: Identity['subject']
  /** Errors of reading the store that don't stop the step, since it writes anew or removes what is there. */
  readonly despite?: readonly ErrorCode[]
  /**
   * A session that belongs to nobody yet takes over what the store holds of `subject`. Never for a sign-in: whoever
   * only names somebody must not be given that one's token.
   */
  readonly takeOver?: boolean
  /** What is to be done even where the store can't be locked or read: forgetting. */
  readonly withoutStore?: boolean
}

/** A step under way: whether its lock was lost, and what the failure budget makes of what it sends. */
interface TakeOptions extends StepOptions {
  readonly lost: AbortSignal | undefined
  readonly admitted?: Exclude<Admitted, 'full'> | undefined
}

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
  readonly #underWay = new Set<Promise<Outcome>>()
  readonly #listeners = new Set<{ readonly listener: (state: State) => void }>()
  #state: State
  /** What was answered and could not be saved, and why. */
  #unsaved: { readonly state: SettledState; readonly because: unknown } | undefined

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
    const at = this.#machinery.wire.clock.now()
    // A challenge that is over may leave a token behind that is over as well.
    const once = transition(this.#state, { type: 'time_passed', at }).state
    return once === this.#state ? once : transition(once, { type: 'time_passed', at }).state
  }

  subscribe(listener: (state: State) => void): () => void {
    const subscription = { listener }
    this.#listeners.add(subscription)
    return () => {
      this.#listeners.delete(subscription)
    }
  }

  /** Reads what other processes saved. */
  async load(): Promise<void> {
    await this.step(() => undefined)
  }

  /** Resolves when no step is under way or waits. Rejects where what was answered could not be saved, still. */
  async settled(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.allSettled(this.#underWay)
    if (this.#unsaved === undefined) return
    await this.step(() => undefined)
    if (this.#unsaved !== undefined) throw this.#unsaved.because
  }

  /** Whether a step is under way or waits, or something is to be saved yet. */
  get busy(): boolean {
    return this.#underWay.size > 0 || this.#unsaved !== undefined
  }

  /**
   * Takes a step: waits its turn, reads what others saved, and does what the machine says.
   * `decide` gives the event, or nothing when what was read makes the step needless.
   */
  step(decide: (state: State) => Event | undefined, options: StepOptions = {}): Promise<Outcome> {
    const run = this.#steps(decide, options)
    this.#underWay.add(run)
    const end = () => this.#underWay.delete(run)
    run.then(end, end)
    return run
  }

  async #steps(decide: (state: State) => Event | undefined, options: StepOptions): Promise<Outcome> {
    const { signal, background = false } = options
    // What others wait for may sleep in the background: whoever waits in the foreground keeps the process alive.
    const awake = background ? undefined : alarm(longestDelay, () => {})
    try {
      for (;;) {
        const outcome = await this.#turn(decide, options)
        if (outcome !== undefined) return outcome
        // Its turn comes in minutes: neither this session nor anybody who wants its lock has to wait as long.
        await this.#machinery.budget.windowOpens(signal, background)
      }
    } finally {
      awake?.cancel()
    }
  }

  /** Takes the step when its turn has come and nobody else has the lock. Until then an abort ends it at once. */
  #turn(decide: (state: State) => Event | undefined, options: StepOptions): Promise<Outcome | undefined> {
    const { signal } = options
    const waiting = new AbortController()
    const end = () => waiting.abort(signal?.reason)
    if (signal?.aborted) end()
    signal?.addEventListener('abort', end, { once: true })
    const run = this.#mutex.run(async () => {
      waiting.signal.throwIfAborted()
      return this.#locked(options, async (lost) => {
        waiting.signal.throwIfAborted()
        // From here on the step itself sees the signal, and leaves the state in order.
        signal?.removeEventListener('abort', end)
        return this.#alone(decide, { ...options, lost })
      })
    })
    return unlessAborted(run, [waiting.signal]).finally(() => signal?.removeEventListener('abort', end))
  }

  /** The step, when it is alone; nothing where what it would send has to wait for minutes first. */
  async #alone(
    decide: (state: State) => Event | undefined,
    options: TakeOptions,
  ): Promise<Outcome | undefined> {
    const { signal } = options
    const outcome: Outcome = {}
    await this.#read(options)
    const event = decide(this.#state)
    if (event !== undefined) {
      const admitted = await this.#admission(event, options)
      if (admitted === 'full') return undefined
      await this.#take(event, outcome, { ...options, admitted })
    }
    if (signal?.aborted && outcome.refusal !== undefined) throw signal.reason
    return outcome
  }

  /** Asked before anything changes, so that a step that has to wait for minutes can be left and taken anew. */
  async #admission(event: Event, options: TakeOptions): Promise<Admitted | undefined> {
    const { state, effects } = transition(this.#state, event)
    const sending = effects.find((effect) => effect.type === 'request')
    if (sending === undefined) return undefined
    const { automatic = false, background = false, signal } = options
    const renewing = state.status === 'renewing'
    // The client got the token that it renews, or signed the customer in who has it.
    const proven = renewing && state.by === 'client_credentials'
    return admission(this.#machinery, sending.request, { automatic, background, renewing, proven, signal })
  }

  /** The identity with whom the step is for, where the session itself belongs to nobody yet. */
  #bound({ subject }: StepOptions): Identity {
    const { identity } = this.#state
    return { ...identity, subject: identity.subject ?? subject }
  }

  async #locked<T>(options: StepOptions, task: (lost: AbortSignal | undefined) => Promise<T>): Promise<T> {
    let begun = false
    const once = (lost: AbortSignal | undefined) => {
      begun = true
      return task(lost)
    }
    try {
      return await this.#stored.exclusively(this.#bound(options), once)
    } catch (thrown) {
      if (begun || options.withoutStore !== true) throw thrown
      return task(undefined)
    }
  }

  async #read(options: StepOptions): Promise<void> {
    const { despite = [], takeOver = false, withoutStore = false } = options
    const identity = this.#bound(options)
    try {
      if (this.#state.identity.subject === undefined && !takeOver) return await this.#stored.see(identity)
      const loaded = await this.#stored.load(identity)
      if (loaded === 'unchanged') return await this.#saveLate()
      this.#unsaved = undefined
      this.#enter(loaded === 'gone' ? { status: 'signed_out', identity, reason: 'logged_out' } : loaded)
    } catch (thrown) {
      const tolerated = GrantsError.isInstance(thrown) && despite.includes(thrown.code)
      if (!withoutStore && !tolerated) throw thrown
    }
  }

  /** What could not be saved when it was answered is saved now, if nobody has written since. */
  async #saveLate(): Promise<void> {
    if (this.#unsaved !== undefined) await this.#save(this.#unsaved.state, {})
  }

  async #save(state: SettledState, outcome: Outcome): Promise<void> {
    this.#unsaved = undefined
    await noting(outcome, () => this.#stored.save(state))
    if (outcome.storeFailure !== undefined) this.#unsaved = { state, because: outcome.storeFailure }
  }

  async #take(event: Event, outcome: Outcome, options: TakeOptions): Promise<void> {
    const before = this.#state
    const unsaved = this.#unsaved
    const { state, effects } = transition(before, event)
    this.#enter(state)
    for (const effect of effects) {
      await this.#perform(effect, outcome, options)
      // What has to be saved before sending was not: nothing is sent.
      if (effect.type === 'save' && outcome.storeFailure !== undefined && !isSettled(state)) {
        this.#unsaved = unsaved
        this.#enter(before)
        return release(options.admitted)
      }
    }
  }

  async #perform(effect: Effect, outcome: Outcome, options: TakeOptions): Promise<void> {
    switch (effect.type) {
      case 'request': {
        // Asked for what this effect sends, and answered, before the step was taken.
        const admitted = options.admitted as NonNullable<TakeOptions['admitted']>
        const { signal, lost } = options
        const event = await sendAdmitted(this.#machinery.wire, effect.request, { admitted, signal, lost })
        return this.#take(event, outcome, options)
      }
      case 'save':
        return this.#save(effect.state, outcome)
      case 'forget':
        this.#unsaved = undefined
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
    for (const { listener } of [...this.#listeners]) tell(listener, state)
  }
}
