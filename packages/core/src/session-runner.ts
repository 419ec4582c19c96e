import { Mutex, notify, raceAbort } from './async.ts'
import { maxDelayMs, setLongTimeout } from './clock.ts'
import { type AnyGrantsError, GrantsError } from './errors.ts'
import type { GuardCaller, LockoutGuard } from './guard/lockout-guard.ts'
import type { MachineEvent, ResponseEvent, TokenRejectedEvent } from './machine/event.ts'
import {
  getBoundSubject,
  getHolder,
  isSettled,
  isTokenValid,
  type MachineState,
  type SettledState,
  type SignedInState,
} from './machine/state.ts'
import { type Transition, transition } from './machine/transition.ts'
import type { EventReporter, NewSessionEvent, TokenRequestTrigger } from './session-events.ts'
import { isStoreConflict, isUnreadable, SessionRecord } from './session-record.ts'
import type { Store } from './store.ts'
import { isSameSubject, type TokenSubject } from './subject.ts'
import { revokeToken, sendTokenRequest, type TokenEndpoint } from './token-endpoint.ts'

/** What all sessions of one client share. */
export interface SessionContext extends TokenEndpoint {
  readonly guard: LockoutGuard
  readonly store: Store
  /** Present if the application wants events. */
  readonly reporter: EventReporter | undefined
}

export interface RunOptions {
  readonly signal?: AbortSignal | undefined
  /** Whether the application asked for this request, rather than for a token. @default false */
  readonly isExplicit?: boolean | undefined
  /** Passes the account's back-off once. @default false */
  readonly force?: boolean | undefined
  /** Who needs a token. `undefined`: the application signs in. */
  readonly demand?: 'caller' | 'forced' | 'background' | undefined
  /** The subject to bind an unbound session to, so that it takes over the subject's record. */
  readonly subject?: TokenSubject | undefined
  /** Takes over a record of another account under the same profile. @default false */
  readonly followProfile?: boolean | undefined
  /** Whether the event replaces the record, so that it need not be readable. @default false */
  readonly isSignIn?: boolean | undefined
  /** Continues although the store cannot be locked or read. @default false */
  readonly allowStoreFailure?: boolean | undefined
}

export interface RunResult {
  /** The state that this run ended in. */
  readonly state: MachineState
  /** Why the event did not have the intended effect. */
  readonly error: GrantsError | undefined
  /** Why the state could not be saved. It is kept in memory. */
  readonly storeError: unknown
  readonly revocation: 'revoked' | GrantsError | undefined
}

/** Receives the state once the store was read, and returns the event to process; `undefined`: nothing is to be done. */
type Decide = (state: MachineState) => MachineEvent | undefined

/** Drives the state machine and performs its effects: one event at a time, in this process and across the store. */
export class SessionRunner {
  readonly #context: SessionContext
  readonly #record: SessionRecord
  readonly #mutex = new Mutex()
  /** Resolves when all runs so far have ended. */
  #pending: Promise<void> | undefined
  /** Created when it is needed: a pool keeps thousands of sessions. */
  #listeners: Set<(state: MachineState) => void> | undefined
  #state: MachineState
  /** Present while the store does not have the state: the error of the last save, and whether the record is a new one. */
  #unsaved: { readonly storeError?: unknown; readonly isNew?: boolean } | undefined
  /** The last rejected token: a record that another process saved meanwhile may hold it as valid. */
  #rejection: TokenRejectedEvent | undefined
  /** Events of the run in progress. They are reported when its locks are released. */
  #events: NewSessionEvent[] | undefined

  constructor(context: SessionContext, initial: SettledState) {
    this.#context = context
    this.#record = new SessionRecord(context.store, initial.identity)
    this.#state = initial
  }

  /** The state that the last event led to. */
  get latest(): MachineState {
    return this.#state
  }

  /** The state now: what has expired since the last event reads as expired. */
  get state(): MachineState {
    const timePassed = { type: 'time_passed', at: this.#context.clock.now() } as const
    // Twice, because an expired challenge can leave an expired token.
    return transition(transition(this.#state, timePassed).state, timePassed).state
  }

  /** Whether a run is pending, the state is not saved, or there are listeners. */
  get isBusy(): boolean {
    return this.#pending !== undefined || this.#unsaved !== undefined || Boolean(this.#listeners?.size)
  }

  /** Calls `listener` after each state change. Returns the unsubscribe function. */
  subscribe(listener: (state: MachineState) => void): () => void {
    const listeners = this.#listeners ?? new Set()
    this.#listeners = listeners.add(listener)
    return () => listeners.delete(listener)
  }

  /** Reads what other processes saved. */
  load(options: RunOptions = {}): Promise<RunResult> {
    return this.run(() => undefined, options)
  }

  /** Resolves when nothing is pending. Rejects if the state could not be saved, not even now. */
  async idle(): Promise<void> {
    while (this.#pending !== undefined) await this.#pending
    if (this.#unsaved === undefined) return
    await this.load()
    if (this.#unsaved === undefined) return
    // Without an error a token was rejected meanwhile, and its state is being saved.
    if (this.#unsaved.storeError === undefined) return this.idle()
    throw this.#unsaved.storeError
  }

  /** Marks a token as rejected, at once. The record follows in the background. */
  rejectToken(event: TokenRejectedEvent): void {
    const { state } = transition(this.#state, event)
    if (state === this.#state) return
    this.#rejection = event
    this.#enter(state)
    this.report({ type: 'token_rejected', at: event.at })
    // While a request is in progress, its outcome is saved.
    if (!isSettled(state)) return
    this.#unsaved = {}
    this.load().catch(() => {})
  }

  /** Reports an event to the application, at once: the caller holds no lock. */
  report(event: NewSessionEvent): void {
    const { subject = this.#state.identity.subject } = getHolder(this.#state)
    this.#context.reporter?.report(event, subject)
  }

  /** Reports an event when the run in progress has released its locks. */
  #reportLater(event: NewSessionEvent): void {
    if (this.#context.reporter === undefined) return
    this.#events ??= []
    this.#events.push(event)
  }

  #reportEvents(): void {
    for (const event of this.#events ?? []) this.report(event)
    this.#events = undefined
  }

  // --- One event: lock, load, transition, acquire a permit, send, settle, transition, save ----------------------------

  /** Processes an event when no other event of this session is being processed. */
  run(decide: Decide, options: RunOptions = {}): Promise<RunResult> {
    const run = this.#runWithCapacity(decide, options)
    const pending = Promise.allSettled([this.#pending, run]).then(() => {
      if (this.#pending === pending) this.#pending = undefined
    })
    this.#pending = pending
    return run
  }

  /** While the rate limit leaves no room, neither this session nor its record is locked. */
  async #runWithCapacity(decide: Decide, options: RunOptions): Promise<RunResult> {
    const { guard } = this.#context
    const { signal, isSignIn } = options
    // The sign-out of an earlier account is saved under that account, before another one's record is used.
    if (isSignIn && this.#unsaved !== undefined) await this.load().catch(() => {})
    // Waiting for a lock does not keep a process alive, but this timer does.
    const cancelKeepAlive = setLongTimeout(maxDelayMs, () => {})
    const caller = { startedAt: guard.now() }
    try {
      for (;;) {
        const result = await this.#runLocked(decide, options, caller)
        if (result === 'at_capacity') await guard.waitForCapacity(caller, signal)
        else if (signal?.aborted && result.error !== undefined) throw signal.reason
        else return result
      }
    } catch (thrown) {
      const rule = GrantsError.isInstance(thrown) && toGuardRule(thrown)
      if (rule) this.report({ type: 'held_back', at: this.#context.clock.now(), rule, retryAt: thrown.retryAt })
      throw thrown
    } finally {
      guard.leave(caller)
      cancelKeepAlive()
    }
  }

  /** Until the session and its record are locked, an abort ends the run at once. Afterwards the state is left in order. */
  async #runLocked(decide: Decide, options: RunOptions, caller: GuardCaller): Promise<RunResult | 'at_capacity'> {
    const { signal, allowStoreFailure } = options
    const startedAt = this.#context.clock.now()
    let isLocked = false
    const processLocked = async (lockLost?: AbortSignal) => {
      const at = this.#context.clock.now()
      if (at - startedAt >= 100) this.#reportLater({ type: 'lock_wait', at, durationMs: at - startedAt })
      signal?.throwIfAborted()
      isLocked = true
      return this.#process(decide, options, { caller, lockLost })
    }
    const run = this.#mutex
      .run(() => this.#record.withLock(this.#getRecordSubject(options), processLocked, allowStoreFailure))
      .catch((thrown) => {
        if (!isLocked) this.#reportStoreFailure('lock', thrown)
        throw thrown
      })
      .finally(() => this.#reportEvents())
    return raceAbort(run, [signal]).catch((thrown) => {
      if (isLocked) return run
      throw thrown
    })
  }

  async #process(
    decide: Decide,
    options: RunOptions,
    lock: { readonly caller: GuardCaller; readonly lockLost: AbortSignal | undefined },
  ): Promise<RunResult | 'at_capacity'> {
    const { caller, lockLost } = lock
    await this.#load(options)
    const before = this.#state
    const event = decide(before)
    const first = event === undefined ? { state: before, effects: [] } : transition(before, event)
    const effect = first.effects.find(({ type }) => type === 'request')
    if (effect?.type !== 'request' || isSettled(first.state)) return this.#apply(first, options)

    // Acquired before the state changes, so that a run that must wait can start again.
    const { client, guard } = this.#context
    const { isExplicit = false, force = false } = options
    const { grantType, subject } = first.state
    const { request } = effect
    const createsCustomer = 'product' in request
    const password = !createsCustomer && request.grant_type === 'password' ? request.password : undefined
    const info = { client, grantType, subject, password, isExplicit, force, createsCustomer }
    const permit = await guard.acquire(info, caller)
    if (permit === 'at_capacity') return permit
    if (this.#state !== before) {
      // The API rejected the token while the permit was awaited: decide again.
      await permit.settle()
      return this.#process(decide, options, lock)
    }

    const started = await this.#apply(first, options)
    const storeError = started.storeError ?? (lockLost?.aborted ? this.#record.createLockLostError() : undefined)
    if (storeError !== undefined) {
      // What must be saved before the request could not be saved, or another process may send the same: nothing is sent.
      await permit.settle()
      const state = this.#applyRejection(before)
      this.#enter(state)
      return { ...started, state, storeError }
    }
    const sentAt = this.#context.clock.now()
    const response = await sendTokenRequest(this.#context, request, options.signal)
    const wait = await permit.settle(response)
    // The state may have changed meanwhile: the API may have rejected its token.
    const result = await this.#apply(transition(this.#state, addWait(response, wait)), options)
    const at = this.#context.clock.now()
    const error = response.type === 'challenged' ? 'mfa_required' : result.error?.code
    const trigger = toTrigger(before, options)
    const what = { grantType, trigger, forced: force, status: getStatus(response), error }
    this.#reportLater({ type: 'token_request', at, ...what, durationMs: at - sentAt })
    return result
  }

  /** Enters a state and performs its effects, except a request. */
  async #apply({ state, effects }: Transition, options: RunOptions): Promise<RunResult> {
    let error: RunResult['error']
    let storeError: unknown
    let revocation: RunResult['revocation']
    this.#enter(state)
    for (const effect of effects) {
      if (effect.type === 'save') storeError = await this.#save(effect.state, options)
      if (effect.type === 'reject') error = effect.error
      if (effect.type === 'revoke') {
        revocation = (await revokeToken(this.#context, effect.accessToken, options.signal)) ?? 'revoked'
      }
    }
    return { state: this.#state, error, storeError, revocation }
  }

  #enter(state: MachineState): void {
    if (state === this.#state) return
    this.#state = state
    for (const listener of [...(this.#listeners ?? [])]) notify(listener, state)
  }

  // --- In step with the store -----------------------------------------------------------------------------------------

  /** Whose record to use. An unbound session has none, except for a logout that is not saved yet. */
  #getRecordSubject(options: RunOptions): TokenSubject | undefined {
    const unsaved = options.isSignIn ? undefined : this.#unsaved && this.#state.subject
    return getBoundSubject(this.#state) ?? this.#getAdoptedSubject(options) ?? unsaved
  }

  /** A session that was used since does not take over the record. */
  #getAdoptedSubject({ subject }: RunOptions): TokenSubject | undefined {
    const state = this.#state
    return state.status === 'signed_out' && state.reason === 'never_signed_in' ? subject : undefined
  }

  /** Takes over what another process saved. Saves the state again if the store does not have it. */
  async #load(options: RunOptions): Promise<void> {
    const { isSignIn, allowStoreFailure } = options
    const found = await this.#record.load().catch((thrown) => {
      this.#reportStoreFailure('load', thrown)
      const isReplaced = isSignIn || this.#unsaved?.isNew
      if (!allowStoreFailure && !(isReplaced && isUnreadable(thrown))) throw thrown
    })
    const state = this.#state
    if (found === undefined || !isSettled(state)) return
    const isLoggedOut = state.status === 'signed_out' && state.reason === 'logged_out'
    // A new sign-in, or a logout, wins over what the store has.
    const isFinal = typeof found !== 'object' || this.#unsaved?.isNew || (isLoggedOut && getBoundSubject(state))
    if ((this.#unsaved && isFinal) || (found === 'missing' && this.#isUsable(state))) {
      await this.#save(state, options)
    } else if (typeof found === 'object') {
      this.#unsaved = undefined
      const binding = state.identity.profile ?? getBoundSubject(state) ?? this.#getAdoptedSubject(options)
      // An unbound session that has a record signed out, and another process has signed in since.
      if (binding !== undefined) await this.#adopt(found, state, options)
    }
  }

  async #adopt(found: SettledState, own: SettledState, options: RunOptions): Promise<void> {
    // A token of an unknown subject is not this record's.
    if (own.status === 'signed_in' && own.subject === undefined && found.status !== 'signed_out') return
    // A sign-in of another process that has no tokens yet does not end this session's.
    if (this.#isUsable(own) && !hasTokens(found)) {
      if (found.status !== 'mfa_required') return void (await this.#save(own, options))
      return this.#enter({ ...found, earlier: own })
    }
    if (!options.followProfile && isReplaced(own, found)) {
      // A later call of load() takes it over.
      this.#record.markUnread()
      const { status, identity } = own
      if (status === 'signed_out') return
      return this.#enter({ status: 'signed_out', identity, subject: undefined, reason: 'replaced' })
    }
    const state = this.#applyRejection(found)
    this.#enter(state)
    if (state !== found && isSettled(state)) await this.#save(state, options)
  }

  #applyRejection(state: MachineState): MachineState {
    return this.#rejection === undefined ? state : transition(state, this.#rejection).state
  }

  /** Returns why the state could not be saved. A settled state is then saved by the next run, or by `idle()`. */
  async #save(state: SettledState, options: RunOptions): Promise<unknown> {
    const unsavedBefore = this.#unsaved
    const isNew = unsavedBefore?.isNew || this.#record.key === undefined
    this.#unsaved = undefined
    try {
      await this.#saveOrAdopt(state, options)
      return undefined
    } catch (storeError) {
      this.#reportStoreFailure('save', storeError)
      this.#unsaved = isSettled(this.#state) ? { storeError, isNew } : unsavedBefore
      return storeError
    }
  }

  /**
   * If another process saved this record while the request was in progress, because the lock was lost: a sign-out wins,
   * then a valid token of the same subject; otherwise this state is saved.
   */
  async #saveOrAdopt(state: SettledState, options: RunOptions): Promise<void> {
    for (let conflictsLeft = 5; ; conflictsLeft -= 1) {
      try {
        return await this.#record.save(state)
      } catch (thrown) {
        if (!isStoreConflict(thrown) || !isSettled(this.#state) || conflictsLeft === 0) throw thrown
      }
      const found = await this.#record.load()
      if (typeof found !== 'object') continue
      const isSignedOut = found.status === 'signed_out' && found.reason === 'logged_out'
      const isRenewed = this.#isUsable(found) && isSameSubject(found.subject, state.subject)
      if (isSignedOut || (isRenewed && !options.isExplicit)) return this.#enter(found)
    }
  }

  #reportStoreFailure(operation: 'lock' | 'load' | 'save', thrown: unknown): void {
    if (!GrantsError.isInstance(thrown)) return
    this.#reportLater({ type: 'store_failure', at: this.#context.clock.now(), operation, error: thrown.code })
  }

  #isUsable(state: MachineState): state is SignedInState {
    if (state.status !== 'signed_in' || state.subject === undefined) return false
    return isTokenValid(state.tokens, this.#context.clock.now())
  }
}

/** Throws why a run did not have the intended effect, or why its result could not be saved. */
export function throwFailure({ error, storeError }: RunResult): void {
  if (error !== undefined) throw error
  if (storeError !== undefined) throw storeError
}

/** What was wrong with the last token, or that somebody signs in. */
export function toTrigger(state: MachineState, { demand }: Pick<RunOptions, 'demand'>): TokenRequestTrigger {
  if (demand === undefined) return 'login'
  if (state.status !== 'signed_in') return 'first'
  if (demand !== 'caller') return demand
  return state.tokens.isRejected ? 'rejected' : 'expired'
}

function getStatus(response: ResponseEvent): number | undefined {
  if (response.type !== 'failed') return response.type === 'challenged' ? response.status : response.response.status
  const { details } = response.error
  return 'status' in details ? Number(details.status) : undefined
}

/** Adds the wait that the response started, so that the error of this call says when to try again, as later ones do. */
function addWait(response: ResponseEvent, wait: GrantsError | undefined): ResponseEvent {
  if (wait === undefined) return response
  if (response.type === 'refused') return { ...response, retryAt: wait.retryAt }
  return response.type === 'failed' ? { ...response, error: wait } : response
}

/** Which rule of the lockout guard an error stands for; `undefined`: none. */
function toGuardRule(error: AnyGrantsError) {
  if (error.code === 'backing_off') return error.details.rule
  if (error.code === 'unknown_customer') return 'secret'
  if (error.code === 'locked_out') return 'lockout'
  return error.code === 'rate_limited' ? 'rate_limit' : undefined
}

/** Whether a record has tokens, or says that there are none any more. */
function hasTokens(found: SettledState): boolean {
  if (found.status === 'mfa_required') return found.earlier !== undefined
  return found.status !== 'signed_out' || found.reason === 'logged_out'
}

/** Whether a profile's record belongs to another account than the running session. */
function isReplaced(own: SettledState, found: SettledState): boolean {
  if (own.identity.profile === undefined) return false
  if (own.status === 'signed_out') return own.reason === 'replaced'
  const { subject } = getHolder(own)
  return subject !== undefined && !isSameSubject(subject, getHolder(found).subject)
}
