import { type Clock, systemClock } from '../clock.ts'
import { formatTime, GrantsError } from '../errors.ts'
import { assertKnownOptions } from '../known-options.ts'
import type { ResponseEvent } from '../machine/event.ts'
import { parseBaseUrl, particleUrl } from '../protocol/base-url.ts'
import { isMemoryStore, type Store, type StoreRecord, sha256Hex } from '../store.ts'
import {
  type AccountHold,
  type AccountRequest,
  addRefusal,
  addSuccess,
  findAccountHolds,
  getMaxParallel,
  giveAttemptBack,
  hasSamePassword,
  takeAttempt,
} from './account-backoff.ts'
import { type TokenRequestInfo, toAccountRequest } from './account-request.ts'
import {
  emptyRecord,
  type GuardRecord,
  mergeRecords,
  normalizeRecord,
  parseRecord,
  serializeRecord,
} from './guard-record.ts'
import * as address from './request-window.ts'
import { type CallersAhead, WaitingQueue } from './waiting-queue.ts'

/** Permission for one request. */
export interface Permit {
  /**
   * Records how the request ended; without a response, that it was not sent. Returns the error that a repetition of the
   * request would get: `undefined` if it would be sent. Never rejects.
   */
  settle(response?: ResponseEvent): Promise<GrantsError | undefined>
}

/** A call that needs permission. It has a place in the queue from its first request for a permit until it leaves. */
export interface GuardCaller {
  /** When the call started, by the guard's clock. */
  readonly startedAt: number
}

/** Protects the IP address of this process. All sessions with the same base URL share it. */
export interface LockoutGuardOptions {
  /** How long a request may wait for the rate limit, in milliseconds. @default 15_000 */
  readonly maxWaitMs?: number | undefined
}

interface GuardContext {
  readonly baseUrl: string
  readonly store: Store
  readonly clock: Clock
  readonly maxWaitMs: number
  readonly isEnabled: boolean
}

/** Why a request is held back, and until when. */
type Hold = AccountHold | { readonly rule: address.AddressRule; readonly retryAt: number }

/** The record of one store, as this process has it. */
interface SharedState {
  readonly record: GuardRecord
  /** The version that it was read from or saved as; `null`: there was none. */
  readonly version: string | null
  /** Whether the store has it. */
  readonly isSaved: boolean
}

/** What this process has sent to one base URL, whatever the store. */
interface OwnCounts {
  readonly window: address.RequestWindow
  /** Not in a record, because a crash is not a refusal. */
  readonly inFlight: readonly AccountRequest[]
}

interface ProcessState {
  counts: OwnCounts
  /** Sessions on memory stores share one record, under this object itself. */
  readonly shared: WeakMap<object, SharedState>
  readonly queue: WaitingQueue<GuardCaller, AccountRequest>
}

/** By base URL, then by clock. Copies of this package share it: the IP address belongs to the process. */
const registryKey = Symbol.for('@particle-grants/core/guard-2')
const registry = globalThis as { [registryKey]?: Record<string, WeakMap<object, ProcessState>> }

function getProcessState(baseUrl: string, clock: Clock): ProcessState {
  registry[registryKey] ??= {}
  registry[registryKey][baseUrl] ??= new WeakMap()
  const states = registry[registryKey][baseUrl]
  // Each copy of this package has its own system clock, which is the same time for all.
  const key = clock === systemClock ? globalThis : clock
  const counts = { window: address.emptyWindow, inFlight: [] }
  const state = states.get(key) ?? { counts, shared: new WeakMap(), queue: new WaitingQueue() }
  states.set(key, state)
  return state
}

/** Another format of the record needs another key. */
const getRecordKey = async (baseUrl: string) => `guard-2-${await sha256Hex([baseUrl])}`

/** Both counts, and what the decision about them returns. */
interface Counts {
  readonly own: OwnCounts
  readonly record: GuardRecord
}
type Decide<T> = (counts: Counts, now: number) => Counts & { readonly result: T }

/**
 * Decides which token requests may be sent, so that Particle does not lock out the IP address.
 *
 * Rules:
 * 1. A refused secret is not repeated, and 2. an account that was refused has eight attempts, and one more every 15
 *    minutes: `account-backoff.ts`.
 * 3. Automatic requests stop at nine refusals in a row, and 4. at most 98 requests are sent in 5 minutes:
 *    `request-window.ts`.
 *
 * Only refusals count. Two records count each request, and the stricter decides: the process's own one, for rules 3 and 4,
 * and one for the sessions on the same store.
 */
export class LockoutGuard {
  readonly #context: GuardContext

  constructor(context: GuardContext) {
    this.#context = context
  }

  /** The time by which the guard waits. A session's own clock is adjusted to the server's. */
  now(): number {
    return this.#context.clock.now()
  }

  /**
   * Permits a request, or returns `at_capacity` if there is no room: the rate limit is reached, automatic requests in
   * flight could all be refused, those of the account could use up its attempts, or earlier callers wait. Holds no lock
   * afterwards.
   *
   * @throws GrantsError `backing_off`, `unknown_customer`, `locked_out`, `rate_limited`
   */
  async acquire(info: TokenRequestInfo, caller: GuardCaller): Promise<Permit | 'at_capacity'> {
    const { baseUrl, isEnabled } = this.#context
    if (!isEnabled) return { settle: async () => undefined }
    const request = await toAccountRequest(info, baseUrl)
    const { queue } = this.#state
    const decision = await this.#update<Hold | 'at_capacity' | 'permitted'>((counts, now) => {
      const result = judge(counts, request, { ahead: queue.countAhead(caller), now })
      if (result !== 'permitted') return { ...counts, result }
      const { own, record } = counts
      return {
        own: { window: address.addRequest(own.window, now), inFlight: [...own.inFlight, request] },
        record: {
          window: address.addRequest(record.window, now),
          accounts: takeAttempt(record.accounts, request, now),
        },
        result,
      }
    })
    if (decision === 'at_capacity') {
      queue.join(caller, request)
      return decision
    }
    this.leave(caller)
    if (decision !== 'permitted') throw toError(decision)
    return { settle: (response) => this.#settle(request, response) }
  }

  /**
   * Waits, first come, first served, until a caller that was `at_capacity` may try again.
   *
   * @throws GrantsError `rate_limited` if that takes longer than `maxWaitMs` from the start, or the signal's reason
   */
  async waitForCapacity(caller: GuardCaller, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted()
    const { clock, maxWaitMs } = this.#context
    const { queue } = this.#state
    const now = this.now()
    const deadline = Math.min(caller.startedAt, now) + maxWaitMs
    const ahead = queue.countAhead(caller)
    const counts = this.#getCounts(now)
    const request = queue.getRequest(caller)
    if (request === undefined || judge(counts, request, { ahead, now }) !== 'at_capacity') return
    const opensAt = address.getOpening(getWindow(counts), ahead.all)
    if (opensAt > deadline) throw toError({ rule: 'rate_limit', retryAt: opensAt })
    // When a request in flight will return is not known.
    const isWindowFull = opensAt > now
    const isWoken = await queue.sleep(caller, {
      clock,
      ms: (isWindowFull ? opensAt : deadline) - now,
      signal,
      isTimed: isWindowFull,
    })
    signal?.throwIfAborted()
    if (!isWindowFull && !isWoken) throw toError({ rule: 'rate_limit', retryAt: this.now() + 1000 })
  }

  /** Gives up a caller's place in the queue. Every call that had a permit or was `at_capacity` must end with it. */
  leave(caller: GuardCaller): void {
    if (this.#state.queue.leave(caller)) this.#wakeCallers()
  }

  async #settle(request: AccountRequest, response: ResponseEvent | undefined): Promise<GrantsError | undefined> {
    const decide = (counts: Counts, now: number) => {
      const next = addResponse(counts, request, { response, now })
      return { ...next, result: findHolds(next, { ...request, force: false }, now) }
    }
    const now = this.now()
    const counts = this.#getCounts(now)
    // Without this, each refresh would lock and read the record once more, to change nothing.
    const isChanging = addResponse(counts, request, { response, now }).record !== counts.record
    const holds = isChanging ? await this.#update(decide) : this.#decide(decide)
    this.#wakeCallers()
    const isThrottled = response?.type === 'failed' && response.error.code === 'rate_limited'
    if (response?.type !== 'refused' && !isThrottled) return undefined
    const started = isThrottled ? holds.filter(({ rule }) => throttlingRules.includes(rule)) : holds
    return started.length === 0 ? undefined : toError(getLast(started))
  }

  #wakeCallers(): void {
    if (this.#state.queue.isEmpty) return
    const now = this.now()
    const counts = this.#getCounts(now)
    const window = getWindow(counts)
    const room = getRoom(counts)
    const [isAnyHeldBack, isAutomaticHeldBack] = [true, false].map(
      (isExplicit) => address.findAddressHolds(window, isExplicit, now).length > 0,
    )
    // Thousands of callers may wait, so that the cheap questions come first.
    this.#state.queue.wake(({ request, isTimed }, ahead) => {
      // Awake, it is rejected: the IP address waits, or the window is full and nothing in flight makes room in it.
      if (isAnyHeldBack || (isAutomaticHeldBack && !request.isExplicit)) return true
      if (!isTimed && room.all <= ahead.all) return true
      return hasRoom(room, request, ahead) && judge(counts, request, { ahead, now }) !== 'at_capacity'
    })
  }

  // --- The counts, and their record in the store ------------------------------------------------------------------------

  get #state(): ProcessState {
    return getProcessState(this.#context.baseUrl, this.#context.clock)
  }

  get #shared(): SharedState {
    return this.#state.shared.get(this.#sharedKey) ?? { record: emptyRecord, version: null, isSaved: true }
  }

  set #shared(shared: SharedState) {
    this.#state.shared.set(this.#sharedKey, shared)
  }

  get #sharedKey(): object {
    return isMemoryStore(this.#context.store) ? this.#state : this.#context.store
  }

  #getCounts(now: number): Counts {
    const { window, inFlight } = this.#state.counts
    return {
      own: { window: address.normalizeWindow(window, now), inFlight },
      record: normalizeRecord(this.#shared.record, now),
    }
  }

  /** Makes a decision on what this process has in memory, and counts it there. */
  #decide<T>(decide: Decide<T>): T {
    const now = this.now()
    const counts = this.#getCounts(now)
    const { own, record, result } = decide(counts, now)
    this.#state.counts = own
    const { version, isSaved } = this.#shared
    // The same object: there is nothing new to save.
    this.#shared = { record, version, isSaved: isSaved && record === counts.record }
    return result
  }

  /**
   * Makes a decision once, under the lock of the store's record. If the store fails, reading and saving are repeated once,
   * and then the decision counts in memory, to be saved with the next one: a broken store stops no sign-in.
   */
  async #update<T>(decide: Decide<T>): Promise<T> {
    const decideOnce = once(() => this.#decide(decide))
    if (!isMemoryStore(this.#context.store)) {
      const synchronize = () => this.#synchronize(decideOnce)
      const repeat = (thrown: unknown) => {
        // Another process holds the lock, and this call has waited for as long as the store permits.
        const isTimeout = GrantsError.isInstance(thrown) && thrown.code === 'lock_timeout'
        return isTimeout ? undefined : synchronize()
      }
      await synchronize()
        .catch(repeat)
        .catch(() => {})
    }
    return decideOnce()
  }

  async #synchronize(decideOnce: () => unknown): Promise<void> {
    const { baseUrl, store } = this.#context
    const key = await getRecordKey(baseUrl)
    await store.withLock(key, async () => {
      this.#adopt(await store.load(key))
      decideOnce()
      const { record, version, isSaved } = this.#shared
      if (isSaved) return
      const saved = await store.save(key, serializeRecord(record, this.now()), version)
      // Another call may have decided in memory meanwhile.
      this.#shared = { record: this.#shared.record, version: saved, isSaved: this.#shared.record === record }
    })
  }

  /** Takes over what another process saved, and keeps what this one could not save. */
  #adopt(stored: StoreRecord | undefined): void {
    const { record, version, isSaved } = this.#shared
    const storedVersion = stored?.version ?? null
    if (storedVersion === version) return
    const now = this.now()
    const found = stored === undefined ? emptyRecord : parseRecord(stored.value, now)
    // A damaged record is replaced by what this process knows.
    if (found === undefined) this.#shared = { record, version: storedVersion, isSaved: false }
    else this.#shared = { record: isSaved ? found : mergeRecords(record, found, now), version: storedVersion, isSaved }
  }
}

/** Ends all back-off for a base URL, in this process and in the store. For people, after they have found the cause. */
export async function resetLockoutGuard(
  options: { readonly baseUrl?: string; readonly store?: Store } = {},
): Promise<void> {
  assertKnownOptions(options, { baseUrl: true, store: true })
  const { store } = options
  const baseUrl = parseBaseUrl(options.baseUrl ?? particleUrl, true)
  const key = await getRecordKey(baseUrl)
  await store?.withLock(key, async () => {
    const stored = await store.load(key)
    if (stored !== undefined) await store.remove(key, stored.version)
  })
  delete registry[registryKey]?.[baseUrl]
}

// ─── Decisions ──────────────────────────────────────────────────────────────────────────────────────────────────────

/** What this process and all on its store have sent: the stricter counts. */
const getWindow = ({ own, record }: Counts) => address.mergeWindows(own.window, record.window)

function findHolds(counts: Counts, request: AccountRequest, now: number): readonly Hold[] {
  return [
    ...findAccountHolds(counts.record.accounts, request, now),
    ...address.findAddressHolds(getWindow(counts), request.isExplicit, now),
  ]
}

/** How many more requests may be sent now, and how many automatic ones among them. */
interface Room {
  readonly all: number
  readonly automatic: number
}

function getRoom(counts: Counts): Room {
  const window = getWindow(counts)
  const inFlight = counts.own.inFlight.filter(({ isExplicit }) => !isExplicit).length
  return { all: address.getRoom(window), automatic: Math.max(0, address.getMaxInFlight(window) - inFlight) }
}

/** Of the automatic requests ahead, only those that have room are about to be sent. */
function hasRoom(room: Room, { isExplicit }: AccountRequest, ahead: CallersAhead): boolean {
  const sentFirst = ahead.all - ahead.automatic + Math.min(ahead.automatic, room.automatic)
  return room.all > sentFirst && (isExplicit || room.automatic > ahead.automatic)
}

function judge(
  counts: Counts,
  request: AccountRequest,
  { ahead, now }: { readonly ahead: CallersAhead; readonly now: number },
): Hold | 'at_capacity' | 'permitted' {
  const holds = findHolds(counts, request, now)
  const isOfAccount = ({ attemptsOf }: AccountRequest) => attemptsOf !== undefined && attemptsOf === request.attemptsOf
  // Attempts of requests in flight come back unless these are refused, so that it is worth waiting for them.
  const mayEnd = (hold: Hold) => hold.rule === 'attempts' && counts.own.inFlight.some(isOfAccount)
  if (holds.some((hold) => !mayEnd(hold))) return getLast(holds)
  const parallel = counts.own.inFlight.filter((other) => hasSamePassword(request, other)).length
  // Without this, eight requests with one wrong password could be sent at the same time.
  const isParallel = !request.force && parallel >= getMaxParallel(counts.record.accounts, request)
  if (holds.length > 0 || isParallel) return 'at_capacity'
  return hasRoom(getRoom(counts), request, ahead) ? 'permitted' : 'at_capacity'
}

/** Counts a response; `undefined`: the request was not sent. The record is the same object if nothing changed. */
function addResponse(
  { own, record }: Counts,
  request: AccountRequest,
  { response, now }: { readonly response: ResponseEvent | undefined; readonly now: number },
): Counts {
  const isRefusal = response?.type === 'refused' && isVerdict(response.response.error, request)
  const isNothing = response?.type === 'refused' && !isRefusal
  const countWindow = (window: address.RequestWindow) => {
    if (isNothing) return window
    return response === undefined
      ? address.removeRequest(window)
      : address.addResponse(window, response, { isExplicit: request.isExplicit, now })
  }
  const countAccounts = (accounts: GuardRecord['accounts']) => {
    if (response?.type === 'granted') return addSuccess(accounts, request)
    if (isRefusal) return addRefusal(accounts, request, { error: response.response.error, now })
    return giveAttemptBack(accounts, request, now)
  }
  const next = { window: countWindow(record.window), accounts: countAccounts(record.accounts) }
  const isSame = next.window === record.window && next.accounts === record.accounts
  return {
    own: { window: countWindow(own.window), inFlight: own.inFlight.filter((other) => other !== request) },
    record: isSame ? record : next,
  }
}

/**
 * A gateway's text in place of an error code is no verdict of the token endpoint, and of a customer who was not created
 * only the client's secret is known to be wrong.
 */
function isVerdict(error: string, { createsCustomer }: AccountRequest): boolean {
  return createsCustomer ? error === 'invalid_client' : /^[a-z]+(_[a-z]+)+$/.test(error)
}

const getLast = (holds: readonly Hold[]): Hold =>
  holds.reduce((last, hold) => (hold.retryAt < last.retryAt ? last : hold))

/** The rules that a 429 response starts a wait of. */
const throttlingRules: readonly Hold['rule'][] = ['lockout', 'rate_limit', 'full']

function once<T>(call: () => T): () => T {
  let results: [T] | undefined
  return () => {
    results ??= [call()]
    return results[0]
  }
}

function toError(hold: Hold): GrantsError {
  const { retryAt } = hold
  const time = formatTime(retryAt)
  if (hold.rule === 'secret' || hold.rule === 'attempts') return toAccountError(hold, time)
  if (hold.rule === 'lockout') {
    const message = `Particle locked your IP address out after refused token requests. Try again at ${time}.`
    return new GrantsError('locked_out', message, { retryAt })
  }
  if (hold.rule === 'refusals') {
    const message = `Nine token requests in a row were refused. Find the cause; automatic requests wait until ${time}.`
    return new GrantsError('backing_off', message, { account: undefined, rule: hold.rule, retryAt })
  }
  return new GrantsError('rate_limited', `The limit of token requests is reached. Try again at ${time}.`, { retryAt })
}

function toAccountError({ rule, type, name, retryAt }: AccountHold, time: string): GrantsError {
  if (type === 'customer') {
    const message = `The product has no customer ${name}. Call ensureCustomer(), or requestClientToken({ force: true }) if it exists by now. Other calls wait until ${time}.`
    return new GrantsError('unknown_customer', message, { customer: name, retryAt })
  }
  const problem = type === undefined ? `The attempts for ${name} are used up` : refusalMessages[type] + name
  return new GrantsError('backing_off', `${problem}. Try again at ${time}.`, { account: name, rule, retryAt })
}

const refusalMessages = {
  client: 'Particle refused the secret of the client ',
  password: 'Particle refused this password before: check it. The account is ',
  credentials: "Particle refused the client's request for ",
}
