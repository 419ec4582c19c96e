import { Mutex, notify, raceAbort } from './async.ts'
import { maxDelayMs, setLongTimeout } from './clock.ts'
import { type AnyGrantsError, GrantsError } from './errors.ts'
import type { GuardCaller, LockoutGuard } from './guard/lockout-guard.ts'
import type { MachineEvent, ResponseEvent, TokenRejectedEvent } from './machine/event.ts'
import {
  getBoundSubject,
  getHolder,
  getTokens,
  hideTokens,
  isSettled,
  isTokenValid,
  type MachineState,
  type SettledState,
  type SignedInState,
} from './machine/state.ts'
import { type Transition, transition } from './machine/transition.ts'
import { toSecret } from './secret.ts'
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
  /** Called with each state that a session of a pool may see. It is no listener, which would keep the session in memory. */
  readonly onStateChange?: (state: MachineState) => void
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
  /**
   * Ends the run before it locks the store, if the first read of the record finds a valid token, and this returns true for
   * its state. The run changes nothing then, not even the record. @default a run always locks
   */
  readonly isEnough?: ((state: SignedInState) => boolean) | undefined
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
  /** The state as this session may see it. */
  #visibleState: MachineState
  /**
   * Whether a sign-in of this object waits for its code, or has failed after it: until one is complete, the object sees no
   * tokens of other sign-ins. Without this, `login()` would be no check: with the password alone, the object would use
   * the tokens of an earlier sign-in to the account.
   */
  #isSignInOpen = false
  /** Present while the store does not have the state: the error of the last save, and whether the record is a new one. */
  #unsaved: { readonly storeError?: unknown; readonly isNew?: boolean } | undefined
  /** The last rejected token: a record that another process saved meanwhile may hold it as valid. */
  #rejection: TokenRejectedEvent | undefined
  /** Events of the run in progress. They are reported when its locks are released. */
  #events: NewSessionEvent[] | undefined

  constructor(context: SessionContext, initial: SettledState, signInId?: string) {
    this.#context = context
    this.#record = new SessionRecord(context.store, initial.identity, signInId)
    this.#state = initial
    this.#visibleState = initial
  }

  /** The state that the last event led to, without tokens that this session may not see. */
  get latest(): MachineState {
    return this.#visibleState
  }

  /** The state now: what has expired since the last event reads as expired. Without tokens that this session may not see. */
  get state(): MachineState {
    const state = passTime(this.#state, this.#context.clock.now())
    return state === this.#state ? this.#visibleState : this.#toVisible(state)
  }

  /** The id that finds the record of one sign-in. It changes when a sign-in is complete. */
  get signInId(): string | undefined {
    return this.#record.signInId
  }

  /** Whether a sign-in of this object is not complete, so that the client's own token must not replace it. */
  get isSignInOpen(): boolean {
    return this.#isSignInOpen
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
    // Another process may have signed out: then listeners hear of that only, and do not ask for a sign-in first.
    const isEnd = state.status === 'reauthentication_required'
    this.#enter(state, !isEnd)
    this.report({ type: 'token_rejected', at: event.at })
    // While a request is in progress, its outcome is saved.
    if (!isSettled(state)) return
    this.#unsaved = {}
    const entered = this.#visibleState
    const notifyOfEnd = () => {
      if (isEnd && entered === this.#visibleState) this.#notifyListeners()
    }
    this.load().then(notifyOfEnd, notifyOfEnd)
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
    const { clock } = this.#context
    const startedAt = clock.own.now()
    let isLocked = false
    const processLocked = async (lockLost?: AbortSignal) => {
      const durationMs = clock.own.now() - startedAt
      if (durationMs >= 100) this.#reportLater({ type: 'lock_wait', at: clock.now(), durationMs })
      signal?.throwIfAborted()
      isLocked = true
      return this.#process(decide, options, { caller, lockLost })
    }
    const run = this.#mutex
      .run(async () => {
        if (await this.#takeOverStoredToken(options)) return this.#apply({ state: this.#state, effects: [] }, options)
        return this.#record.withLock(this.#getRecordSubject(options), processLocked, allowStoreFailure)
      })
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
    if (effect?.type !== 'request' || isSettled(first.state)) {
      this.#noteOutcome(event, first)
      return this.#apply(first, options)
    }

    // Acquired before the state changes, so that a run that must wait can start again.
    const { client, guard } = this.#context
    const { isExplicit = false, force = false } = options
    const { grantType, subject } = first.state
    const { request } = effect
    const createsCustomer = 'product' in request
    const password = !createsCustomer && request.grant_type === 'password' ? toSecret(request.password) : undefined
    const info = { client, grantType, subject, password, isExplicit, force, createsCustomer }
    const permit = await guard.acquire(info, caller)
    if (permit === 'at_capacity') return permit
    if (this.#state !== before) {
      // The API rejected the token while the permit was awaited: decide again.
      await permit.settle()
      return this.#process(decide, options, lock)
    }

    if (isCode(event)) this.#openSignIn()
    const started = await this.#apply(first, options)
    const storeError = started.storeError ?? (lockLost?.aborted ? this.#record.createLockLostError() : undefined)
    if (storeError !== undefined) {
      // What must be saved before the request could not be saved, or another process may send the same: nothing is sent.
      await permit.settle()
      this.#enter(this.#applyRejection(before))
      return { ...started, state: this.latest, storeError }
    }
    const { own } = this.#context.clock
    const sentAt = own.now()
    const response = await sendTokenRequest(this.#context, request, options.signal)
    const wait = await permit.settle(response)
    // The state may have changed meanwhile: the API may have rejected its token.
    const next = transition(this.#state, addWait(response, wait))
    this.#noteOutcome(event, next, response)
    const result = await this.#apply(next, options)
    const at = this.#context.clock.now()
    const error = response.type === 'challenged' ? 'mfa_required' : result.error?.code
    const trigger = toTrigger(before, options)
    const what = { grantType, trigger, forced: force, status: getStatus(response), error }
    this.#reportLater({ type: 'token_request', at, ...what, durationMs: own.now() - sentAt })
    return result
  }

  /**
   * Opens or completes this object's sign-in, before the state that it leads to is entered: no listener sees tokens too
   * early. A refused password changes nothing.
   */
  #noteOutcome(event: MachineEvent | undefined, next: Transition, response?: ResponseEvent): void {
    if (next.effects.some(({ type }) => type === 'reject')) return
    const isSignIn = event?.type === 'login' || isCode(event)
    if (isSignIn && response?.type === 'challenged') {
      this.#openSignIn()
      this.#record.stayAtSignInId()
    }
    if ((isSignIn && response?.type === 'granted') || event?.type === 'set_token') {
      this.#isSignInOpen = false
      this.#record.moveToNewSignInId()
    }
  }

  /**
   * Hides tokens of other sign-ins from now on. An object that submits a code continues a sign-in, also one that another
   * process has begun. A profile is one person's: there, other terminals continue with the earlier token.
   */
  #openSignIn(): void {
    this.#isSignInOpen = this.#state.identity.profile === undefined
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
    return { state: this.latest, error, storeError, revocation }
  }

  #enter(state: MachineState, isNotified = true): void {
    if (state === this.#state) return
    this.#state = state
    const visible = this.#toVisible(state)
    // What is hidden changes without this session's listeners.
    if (isSameSignOut(visible, this.#visibleState)) return
    this.#visibleState = visible
    if (isNotified) this.#notifyListeners()
  }

  #notifyListeners(): void {
    for (const listener of [...(this.#listeners ?? [])]) notify(listener, this.#visibleState)
    this.#context.onStateChange?.(this.#visibleState)
  }

  /** Returns what this session may see of a state. */
  #toVisible(state: MachineState): MachineState {
    // The tokens of one sign-in are not used while it is repeated: callers wait for the outcome.
    const isRepeated = state.identity.isOneSignIn && state.status === 'requesting'
    return this.#isSignInOpen || isRepeated ? hideTokens(state) : state
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

  /**
   * Reads the record for the first time, without its lock, and takes over a valid token that is enough. Without this, a new
   * process would wait for the one that renews, and fail while that one is suspended, although the store has a valid token.
   */
  async #takeOverStoredToken(options: RunOptions): Promise<boolean> {
    const { isEnough } = options
    const state = this.#state
    const isNew = state.status === 'signed_out' && state.reason === 'never_signed_in' && this.#unsaved === undefined
    if (isEnough === undefined || !isNew || this.#isSignInOpen || this.#record.isRead) return false
    const found = await this.#record.loadWithoutLock(this.#getRecordSubject(options))
    if (typeof found !== 'object') return false
    if (this.#isUsable(found) && isEnough(found)) {
      this.#enter(found)
      return true
    }
    // The locked read returns it again.
    this.#record.markUnread()
    return false
  }

  /** Takes over what another process saved. Saves the state again if the store does not have it. */
  async #load(options: RunOptions): Promise<void> {
    const { isSignIn, allowStoreFailure } = options
    const found = await this.#record.load().catch((thrown) => {
      this.#reportStoreFailure('load', thrown)
      const isReplaced = isSignIn || this.#unsaved?.isNew
      // Only the record of one sign-in has its tokens. A logout that removed it unread would leave them valid at Particle.
      const hasTokensElsewhere = this.#state.identity.isOneSignIn === true && getTokens(this.#state) === undefined
      const mayContinue = allowStoreFailure && !(hasTokensElsewhere && !isUnreadable(thrown))
      if (!mayContinue && !(isReplaced && isUnreadable(thrown))) throw thrown
    })
    const state = this.#state
    if (found === undefined || !isSettled(state)) return
    // A run that moves the record may have removed it itself, and the store's response was lost.
    const isMoved = this.#unsaved !== undefined && this.#record.isMoving
    if (found === 'missing' && state.identity.isOneSignIn && !isMoved) return this.#endSignIn(state)
    // A new sign-in, or a logout, wins over what the store has.
    const isFinal = typeof found !== 'object' || this.#unsaved?.isNew || isFinalLogout(state)
    if ((this.#unsaved && isFinal) || (found === 'missing' && this.#isUsable(state))) {
      await this.#save(state, options)
    } else if (typeof found === 'object') {
      this.#unsaved = undefined
      // Otherwise an unbound session that has a record signed out, and another process has signed in since.
      if (hasOwnRecord(state) || this.#getAdoptedSubject(options) !== undefined)
        await this.#adopt(found, state, options)
    }
  }

  /**
   * The record of one sign-in is gone: another process signed out, or completed the sign-in and moved it to a new id. It
   * is never saved again, because that would undo the logout.
   */
  #endSignIn(state: SettledState): void {
    this.#unsaved = undefined
    const { identity } = state
    const now = passTime(state, this.#context.clock.now())
    // Also what reads as signed out only because time has passed: a clock may be set back.
    const reason = now.status === 'signed_out' ? now.reason : 'logged_out'
    if (state.status !== 'signed_out') this.#enter({ status: 'signed_out', identity, subject: state.subject, reason })
  }

  async #adopt(found: SettledState, own: SettledState, options: RunOptions): Promise<void> {
    // A token of an unknown subject is not this record's.
    if (own.status === 'signed_in' && own.subject === undefined && found.status !== 'signed_out') return
    // A sign-in of another process that has no tokens yet does not end this session's.
    if (this.#isUsable(own) && !hasTokens(found) && !own.identity.isOneSignIn) {
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
        return await this.#record.save(state, this.#context.clock.now())
      } catch (thrown) {
        if (!isStoreConflict(thrown) || !isSettled(this.#state) || conflictsLeft === 0) throw thrown
      }
      if (this.#adoptOutcome(await this.#record.load(), state, options)) return
    }
  }

  #reportStoreFailure(operation: 'lock' | 'load' | 'save', thrown: unknown): void {
    if (!GrantsError.isInstance(thrown)) return
    this.#reportLater({ type: 'store_failure', at: this.#context.clock.now(), operation, error: thrown.code })
  }

  /** Enters what another process saved while the lock was lost, if it wins over this state. Returns whether it does. */
  #adoptOutcome(
    found: Awaited<ReturnType<SessionRecord['load']>>,
    state: SettledState,
    { isExplicit, isSignIn, demand }: RunOptions,
  ): boolean {
    if (typeof found !== 'object') {
      const isOwnSignIn = isSignIn || this.#record.isMoving
      const isEnded = found === 'missing' && state.identity.isOneSignIn === true && !isOwnSignIn
      if (isEnded) this.#endSignIn(state)
      return isEnded
    }
    const isSignedOut = found.status === 'signed_out' && found.reason === 'logged_out'
    const isRenewed = this.#isUsable(found) && isSameSubject(found.subject, state.subject)
    // A forced renewal that was refused does not end what another process renewed.
    const isOwnKept = isExplicit && !(demand !== undefined && !this.#isUsable(state))
    const isNewer = isSignedOut || (isRenewed && !isOwnKept)
    if (isNewer) this.#enter(found)
    return isNewer
  }

  #isUsable(state: MachineState): state is SignedInState {
    if (state.status !== 'signed_in' || state.subject === undefined) return false
    return isTokenValid(state.tokens, this.#context.clock.now())
  }
}

/** What has expired reads as expired. */
function passTime(state: MachineState, at: number): MachineState {
  const timePassed = { type: 'time_passed', at } as const
  // Twice, because an expired challenge can leave an expired token.
  return transition(transition(state, timePassed).state, timePassed).state
}

function isCode(event: MachineEvent | undefined): boolean {
  return event?.type === 'submit_otp' || event?.type === 'submit_recovery_code'
}

/** Whether the session has one record, whichever account is signed in. */
function hasOwnRecord(state: SettledState): boolean {
  const { profile, isOneSignIn } = state.identity
  return profile !== undefined || isOneSignIn === true || getBoundSubject(state) !== undefined
}

/** Whether the state is a logout that nothing in the store may undo. A profile follows other terminals. */
function isFinalLogout(state: SettledState): boolean {
  const isLogout = state.status === 'signed_out' && state.reason === 'logged_out'
  return isLogout && (state.identity.isOneSignIn === true || getBoundSubject(state) !== undefined)
}

function isSameSignOut(one: MachineState, other: MachineState): boolean {
  if (one.status !== 'signed_out' || other.status !== 'signed_out') return false
  return one.reason === other.reason && isSameSubject(one.subject, other.subject)
}

/** Throws why a run did not have the intended effect, or why its result could not be saved. */
export function throwFailure({ error, storeError }: RunResult): void {
  if (error !== undefined) throw error
  if (storeError !== undefined) throw storeError
}

/** What was wrong with the last token, or that a person signs in. */
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

/** Which rule of the lockout guard an error is from; `undefined`: none. */
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
