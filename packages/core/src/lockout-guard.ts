import { notify } from './async.ts'
import type { OAuthClient } from './clients.ts'
import { type Clock, sleep, systemClock } from './clock.ts'
import { formatTime, GrantsError } from './errors.ts'
import type { GrantType } from './grants/catalogue.ts'
import * as rules from './lockout-rules.ts'
import type { ResponseEvent } from './machine/event.ts'
import { parseBaseUrl, particleUrl } from './protocol/base-url.ts'
import { isMemoryStore, type Store, sha256Hex } from './store.ts'
import type { TokenSubject } from './subject.ts'

/** One token request, as far as the guard needs to know it. */
export interface TokenRequestInfo {
  readonly client: OAuthClient
  readonly grantType: GrantType
  /** Whose token is requested: the account for a password or a code, the customer for its scope, the owner. */
  readonly subject: TokenSubject | undefined
  /** Whether the application called for this request (login, codes, createCustomer, requestClientToken, forceRefresh). */
  readonly isExplicit: boolean
  /** Passes the back-off of the account once. */
  readonly force: boolean
  /** Whether the request creates the subject: it passes the customer's back-off, and its success ends it. */
  readonly createsCustomer: boolean
}

/** Permission for one request. */
export interface Permit {
  /** Records how the request ended; without a response, that it was not sent. Never rejects. */
  settle(response?: ResponseEvent): Promise<void>
}

/** Back-off per account and a rate limit, shared by all sessions of a process with the same base URL. */
export interface LockoutGuardOptions {
  /** Refused explicit requests, each less than a day after the one before, until an account backs off. @default 5 */
  readonly maxFailures?: number | undefined
  /** How long a request may wait for the rate limit, in milliseconds. @default 15_000 */
  readonly maxWaitMs?: number | undefined
  /** Called when a wait starts. `account` is absent when it concerns the whole address. */
  readonly onBackOff?: ((event: { readonly account?: string; readonly retryAt: number }) => void) | undefined
}

interface GuardContext extends LockoutGuardOptions {
  readonly baseUrl: string
  readonly store: Store
  readonly clock: Clock
  readonly maxFailures: number
  readonly maxWaitMs: number
  readonly isEnabled: boolean
}

/** A record, and what belongs to it in this process only. */
interface GuardState {
  record: rules.GuardRecord
  /** Whether the store holds it. */
  isSaved: boolean
  /** Automatic requests in flight. Not in the record, because a crash is not a refusal. */
  inFlight: number
  /** Callers that wait for capacity, the first one first. Aborting one wakes it. */
  readonly waiting: Set<AbortController>
}

/** By base URL, then by clock or store. Copies of this package share it: the address belongs to the process. */
const registryKey = Symbol.for('@particle-grants/lockout-guard/1')
const global = globalThis as { [registryKey]?: Record<string, WeakMap<object, GuardState>> }

function getState(baseUrl: string, owner: object): GuardState {
  global[registryKey] ??= {}
  global[registryKey][baseUrl] ??= new WeakMap()
  const states = global[registryKey][baseUrl]
  const state = states.get(owner) ?? { record: rules.emptyRecord, isSaved: true, inFlight: 0, waiting: new Set() }
  states.set(owner, state)
  return state
}

/** Each copy of this package has its own system clock, which is the same time for all. */
function toOwner(clock: Clock): object {
  return clock === systemClock ? globalThis : clock
}

/** Another format of the record needs another key. */
const getRecordKey = async (baseUrl: string) => `guard-1-${await sha256Hex([baseUrl])}`

/**
 * Decides which token requests may be sent, so that the address is not locked out.
 *
 * Rules:
 * - An account that was refused backs off: after 5 explicit refusals, each within a day of the one before, or 1
 *   automatic one.
 * - After 9 refusals in a row, whatever the account, automatic requests wait 30 minutes and then send one probe.
 * - A 429 is waited for, and at most 98 requests are sent in 5 minutes.
 * - Only refusals count. No wait is permanent: a success ends it, and none exceeds 24 hours.
 *
 * Two records count each request, and the stricter decides: the process's, and one for the sessions on the same store.
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
   * Permits a request, or returns `at_capacity` if the rate limit or the automatic requests in flight leave no room.
   * Holds no lock afterwards.
   *
   * @throws GrantsError `backing_off`, `unknown_customer`, `locked_out`, `rate_limited`
   */
  async acquire(info: TokenRequestInfo): Promise<Permit | 'at_capacity'> {
    const { maxFailures, isEnabled } = this.#context
    if (!isEnabled) return { settle: async () => {} }
    const { isExplicit, createsCustomer } = info
    const accounts = await findAccounts(info, isExplicit ? maxFailures : 1)
    const reasons = [...rules.createAddressReasons(isExplicit), ...accounts]
    const toRequest = (now: number) => ({ isExplicit, createsCustomer, reasons, now })
    const { own } = this.#getStates()
    let wait: rules.Wait | undefined
    let isFull = false
    await this.#updateShared((shared) => {
      const now = this.now()
      own.record = rules.normalizeRecord(own.record, now)
      const record = rules.mergeRecords(own.record, shared)
      wait = rules.findWait(record, toRequest(now))
      isFull = rules.getRoom(record, isExplicit ? 0 : own.inFlight, now) <= 0
      if (wait !== undefined || isFull) return shared
      if (!isExplicit) own.inFlight += 1
      own.record = { ...own.record, sentAt: [...own.record.sentAt, now] }
      return { ...shared, sentAt: [...shared.sentAt, now] }
    })
    if (wait !== undefined) {
      // If this caller was woken for a place, the place is the next one's.
      this.#wakeCallers()
      throw toError(wait)
    }
    if (isFull) return 'at_capacity'
    return {
      settle: async (response) => {
        if (!isExplicit) own.inFlight -= 1
        await this.#settle(response, toRequest(this.now()))
        this.#wakeCallers()
      },
    }
  }

  /**
   * Waits, first come first served, until there may be room.
   *
   * @param startedAt - when the call started; it waits at most `maxWaitMs` from then
   * @throws GrantsError `rate_limited` if that takes too long, or the signal's reason
   */
  async waitForCapacity(startedAt: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted()
    const { clock, maxWaitMs } = this.#context
    const { own, shared } = this.#getStates()
    const now = this.now()
    const deadline = Math.min(startedAt, now) + maxWaitMs
    const record = rules.normalizeRecord(rules.mergeRecords(own.record, shared.record), now)
    const opensAt = rules.getWindowOpening(record, own.waiting.size)
    if (opensAt > deadline) throw toError({ type: 'window_full', retryAt: opensAt })
    const isWindowFull = opensAt > now
    if (!isWindowFull && rules.getRoom(record, own.inFlight, now) > 0) return
    const caller = new AbortController()
    own.waiting.add(caller)
    // When a request in flight will return is not known.
    const delayMs = (isWindowFull ? opensAt : deadline) - now
    await sleep(clock, delayMs, AbortSignal.any(signal ? [caller.signal, signal] : [caller.signal]))
    const isWoken = !own.waiting.delete(caller)
    if (signal?.aborted) {
      // The place that this caller may have been woken for is the next one's.
      this.#wakeCallers()
      throw signal.reason
    }
    if (!isWindowFull && !isWoken) throw toError({ type: 'window_full', retryAt: this.now() + 1000 })
  }

  /** Wakes as many callers as there is room for. */
  #wakeCallers(): void {
    const { record, inFlight, waiting } = this.#getStates().own
    const room = Math.max(0, rules.getRoom(record, inFlight, this.now()))
    for (const caller of [...waiting].slice(0, room)) {
      waiting.delete(caller)
      caller.abort()
    }
  }

  /** Counts a response in both records. The back-off of accounts is in the shared one. */
  async #settle(response: ResponseEvent | undefined, request: rules.GuardedRequest): Promise<void> {
    const { own, shared } = this.#getStates()
    const ownRecord = rules.normalizeRecord(own.record, request.now)
    own.record = rules.addResponse(ownRecord, response, { ...request, reasons: rules.createAddressReasons(false) })
    if (rules.addResponse(shared.record, response, request) === shared.record) return
    let started: readonly rules.Wait[] = []
    await this.#updateShared((record) => {
      const next = rules.addResponse(record, response, request)
      started = rules.listNewWaits(record, next, request)
      return next
    })
    const { onBackOff } = this.#context
    if (onBackOff === undefined) return
    for (const { name, retryAt } of started) notify(onBackOff, name ? { account: name, retryAt } : { retryAt })
  }

  /** Sessions on memory stores share one record, whichever store it is. */
  #getStates(): { readonly own: GuardState; readonly shared: GuardState } {
    const { baseUrl, clock, store } = this.#context
    const own = getState(baseUrl, toOwner(clock))
    return { own, shared: getState(baseUrl, isMemoryStore(store) ? own : store) }
  }

  /** Changes the shared record under its lock. While the store fails, it changes in memory, and is saved later. */
  async #updateShared(change: (shared: rules.GuardRecord) => rules.GuardRecord): Promise<void> {
    const { baseUrl, store } = this.#context
    const { shared } = this.#getStates()
    let isApplied = false
    const apply = (found: rules.GuardRecord) => {
      isApplied = true
      shared.isSaved = false
      shared.record = change(rules.normalizeRecord(found, this.now()))
      return shared.record
    }
    const updateStored = async () => {
      const key = await getRecordKey(baseUrl)
      await store.withLock(key, async () => {
        const stored = await store.load(key)
        // A damaged record is replaced by what this process knows.
        const found = stored === undefined ? rules.emptyRecord : (rules.parseRecord(stored.value) ?? shared.record)
        const next = apply(shared.isSaved ? found : rules.mergeRecords(shared.record, found))
        const text = rules.serializeRecord(next)
        if (text !== stored?.value) await store.save(key, text, stored?.version ?? null)
        shared.isSaved = shared.record === next
      })
    }
    if (!isMemoryStore(store)) await updateStored().catch(() => {})
    if (!isApplied) apply(shared.record)
  }
}

/** Ends all back-off for a base URL, in this process and in the store. For people, after they have found the cause. */
export async function resetLockoutGuard(
  options: { readonly baseUrl?: string; readonly store?: Store } = {},
): Promise<void> {
  const { store } = options
  const baseUrl = parseBaseUrl(options.baseUrl ?? particleUrl, true)
  const key = await getRecordKey(baseUrl)
  await store?.withLock(key, async () => {
    const stored = await store.load(key)
    if (stored !== undefined) await store.remove(key, stored.version)
  })
  delete global[registryKey]?.[baseUrl]
}

const userGrants: readonly GrantType[] = ['password', 'urn:custom:mfa-otp', 'urn:custom:recovery-code']

/** Returns what a request can be refused for. Another client secret is another account. */
function findAccounts(info: TokenRequestInfo, maxFailures: number): Promise<readonly rules.WaitReason[]> {
  const { client, grantType, subject, force, createsCustomer } = info
  const isCustomer = subject?.type === 'customer'
  const toAccount = async (type: rules.WaitReason['type'], name: string, secret = name): Promise<rules.WaitReason> => ({
    type,
    name,
    id: (await sha256Hex([type, client.id, secret])).slice(0, 16),
    maxFailures,
    // An attacker must not keep a customer out for a day.
    longestWaitMs: type === 'username' && isCustomer ? rules.lockoutMs : rules.longestWaitMs,
    holdsBack: !force && (type === 'client' || !createsCustomer),
  })
  const name = subject === undefined || subject.type === 'owner' ? client.id : subject.name
  const accounts = [toAccount('client', client.id, client.secret.reveal())]
  if (userGrants.includes(grantType)) accounts.push(toAccount('username', name))
  if (grantType === 'client_credentials') {
    if (isCustomer) accounts.push(toAccount('customer', name))
    accounts.push(toAccount('credentials', name))
  }
  return Promise.all(accounts)
}

function toError({ type, name, retryAt }: rules.Wait): GrantsError {
  const time = formatTime(retryAt)
  if (type === 'throttled' || type === 'window_full') {
    return new GrantsError('rate_limited', `The limit of token requests is reached. Try again at ${time}.`, { retryAt })
  }
  if (type === 'locked_out') {
    const message = `Particle locked your address out after failed token requests. Try again at ${time}.`
    return new GrantsError(type, message, { retryAt })
  }
  if (type === 'customer') {
    const message = `The product has no customer ${name}. Create it with createCustomer(), or try again at ${time}.`
    return new GrantsError('unknown_customer', message, { customer: String(name), retryAt })
  }
  const message = name
    ? `Token requests for ${name} were refused. Check its credentials, and try again at ${time}.`
    : `Nine token requests in a row were refused. Find the cause; automatic requests wait until ${time}.`
  return new GrantsError('backing_off', message, { account: name, retryAt })
}
