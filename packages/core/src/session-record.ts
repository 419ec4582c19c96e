import { systemClock } from './clock.ts'
import { GrantsError } from './errors.ts'
import { invalidState } from './json-reader.ts'
import { parseState, serializeState } from './machine/serialize.ts'
import type { Identity, SettledState } from './machine/state.ts'
import { findSystemCode, redactError } from './redact.ts'
import { type Store, sha256Hex } from './store.ts'
import { formatSubject, isSameSubject, type TokenSubject } from './subject.ts'

/** What finds a session's record in its store: the first that is present. */
export interface RecordName {
  /** The sign-in id. It opens the session: it is in no record, error or event, and in keys as a hash only. */
  readonly signInId: string | undefined
  readonly subject: TokenSubject | undefined
}

/** Returns a session's key in its store. `undefined`: the session is unbound, so that it has no record. */
export async function getSessionKey(
  { baseUrl, clientId, profile }: Identity,
  { signInId, subject }: RecordName,
): Promise<string | undefined> {
  let name = subject && [formatSubject(subject)]
  if (profile !== undefined) name = ['profile', profile]
  if (signInId !== undefined) name = ['sign-in', signInId]
  return name && `session-${await sha256Hex([baseUrl, clientId, ...name])}`
}

/** Creates the id of one sign-in: 32 random bytes in base64url. Keep it where only this user's browser can send it from. */
export function newSignInId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(32))
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/=+$/, '')
}

const dayMs = 86_400_000

/**
 * Returns for how long the record of one sign-in is of use, in milliseconds; `undefined`: no limit is known. No other process
 * can find such a record, so the store has to remove it. A refresh token may outlive its access token by 14 days.
 */
function getRecordLifetimeMs(state: SettledState, now: number): number | undefined {
  if (state.status === 'mfa_required') return state.challenge.expiresAt - now + dayMs
  if (state.status !== 'signed_in') return dayMs
  const { expiresAt, refreshToken } = state.tokens
  if (expiresAt === null) return undefined
  return Math.max(0, expiresAt - now) + (refreshToken === undefined ? 1 : 30) * dayMs
}

/** One session's record in its store, and the versions of it that this process knows. */
export class SessionRecord {
  readonly #store: Store
  readonly #identity: Identity
  #signInId: string | undefined
  #isMoving = false
  #subject: TokenSubject | undefined
  #key: string | undefined
  /** The version that the next save replaces. */
  #version: string | null = null
  /** The version whose state the session took over or saved. */
  #ownVersion: string | undefined
  #isRead = false

  constructor(store: Store, identity: Identity, signInId?: string) {
    this.#store = store
    this.#identity = identity
    this.#signInId = signInId
  }

  /** The id that finds the record of one sign-in. It changes when a sign-in is complete. */
  get signInId(): string | undefined {
    return this.#signInId
  }

  /**
   * Runs `task` while no other process changes the subject's record.
   *
   * @param isOptional - whether the task also runs if the lock cannot be acquired
   */
  async withLock<T>(
    subject: TokenSubject | undefined,
    task: (lockLost?: AbortSignal) => Promise<T>,
    isOptional = false,
  ): Promise<T> {
    const key = await this.#select(subject)
    if (key === undefined) return task()
    let result: Promise<T> | undefined
    const runTask = async (lockLost: AbortSignal) => {
      result = task(lockLost)
      await result.catch(() => {})
    }
    await callStore(() => this.#store.withLock(key, runTask), true).catch((thrown) => {
      // A lock that fails after the task does not change what the task did.
      if (result === undefined && !isOptional) throw thrown
    })
    return result ?? task()
  }

  /** Uses the subject's record from now on, and returns its key. */
  async #select(subject: TokenSubject | undefined): Promise<string | undefined> {
    const key = await getSessionKey(this.#identity, { signInId: this.#signInId, subject })
    if (key !== this.#key) {
      this.#subject = subject
      this.#key = key
      this.#version = null
      this.#ownVersion = undefined
      this.#isRead = false
    }
    return key
  }

  /** Whether the store has returned this record, or said that there is none. */
  get isRead(): boolean {
    return this.#isRead
  }

  /** Does the same as {@link load} while another process may hold the lock and change the record. */
  async loadWithoutLock(subject: TokenSubject | undefined): Promise<SettledState | 'unchanged' | 'missing'> {
    await this.#select(subject)
    return this.load()
  }

  /**
   * Returns the state that another process saved, `unchanged`, or `missing` if the record no longer exists.
   *
   * @throws GrantsError `invalid_state` or `store_damaged` for a record that cannot be read; it stays as it is
   */
  async load(): Promise<SettledState | 'unchanged' | 'missing'> {
    const key = this.#key
    if (key === undefined) return 'unchanged'
    const record = await callStore(() => this.#store.load(key))
    this.#isRead = true
    const knownVersion = this.#version
    this.#version = record?.version ?? null
    if (record === undefined) return knownVersion === null ? 'unchanged' : 'missing'
    if (record.version === this.#ownVersion) return 'unchanged'
    const { profile, isOneSignIn } = this.#identity
    const state = parseState(record.value, this.#identity, isOneSignIn ? key : undefined)
    // The record of a profile or of one sign-in may be any account's.
    const isOther = profile === undefined && !isOneSignIn && !isSameSubject(state.subject, this.#subject)
    if (isOther) throw invalidState('it belongs to another session (its subject differs)')
    this.#ownVersion = record.version
    return state
  }

  /** Its key in the store. An unbound session has no record. */
  get key(): string | undefined {
    return this.#key
  }

  createLockLostError(): GrantsError {
    const message = 'The lock of the session was lost, so nothing was sent. Try again.'
    return new GrantsError('store_conflict', message, { key: String(this.#key) })
  }

  /** The session did not take over the record that it loaded: the next load returns it again. */
  markUnread(): void {
    this.#ownVersion = undefined
  }

  /**
   * Saves the state in place of the version that was loaded last.
   *
   * @param now - the session's time, milliseconds since 1970
   * @throws GrantsError `store_conflict` if another process saved the record since
   */
  async save(state: SettledState, now: number): Promise<void> {
    const { subject, status } = state
    // A token of an unknown subject stays in memory: a profile's record is another sign-in's.
    if (subject === undefined && status !== 'signed_out') return
    if (this.#identity.isOneSignIn) return this.#saveSignIn(state, now)
    const key = this.#key
    if (key === undefined) return status === 'signed_in' ? this.#replace(state, now) : undefined
    // A session that names its subject needs no record to be as new. A profile needs it: it says whose tokens there were.
    const isNew = status === 'signed_out' && state.reason === 'never_signed_in'
    if (isNew && this.#identity.subject !== undefined) return this.#remove()
    const value = serializeState(state)
    this.#version = await callStore(() => this.#store.save(key, value, this.#version))
    this.#ownVersion = this.#version
  }

  /**
   * The next save stores the state under a new sign-in id, and removes it under the old one. Without this, an attacker who
   * put a known id into a user's browser could use that user's sign-in (session fixation).
   */
  moveToNewSignInId(): void {
    this.#isMoving = this.#signInId !== undefined
  }

  /** A new sign-in was begun: its challenge is stored under the id that the user's browser has. */
  stayAtSignInId(): void {
    this.#isMoving = false
  }

  /** Whether the next save is under a new sign-in id. */
  get isMoving(): boolean {
    return this.#isMoving
  }

  async #saveSignIn(state: SettledState, now: number): Promise<void> {
    if (this.#isMoving) {
      await this.#remove()
      this.#signInId = newSignInId()
      this.#key = await getSessionKey(this.#identity, { signInId: this.#signInId, subject: undefined })
      this.#isMoving = false
    }
    // No other process needs to learn of the logout: a sign-in whose record is missing is over.
    if (state.status === 'signed_out' && state.reason === 'logged_out') return this.#remove()
    const key = String(this.#key)
    const value = serializeState(state, key)
    const lifetimeMs = getRecordLifetimeMs(state, now)
    // Stores use the system's clock. The session's may be a simulated one, or adjusted to the server's.
    const expiresAt = lifetimeMs === undefined ? undefined : Math.ceil(systemClock.now() + lifetimeMs)
    this.#version = await callStore(() => this.#store.save(key, value, this.#version, expiresAt))
    this.#ownVersion = this.#version
  }

  async #remove(): Promise<void> {
    const key = String(this.#key)
    await callStore(() => this.#store.remove(key, this.#version))
    this.#version = null
    this.#ownVersion = undefined
  }

  /** Saves the completed sign-in of an unbound session, whatever the store has of its subject. */
  async #replace(state: SettledState, now: number): Promise<void> {
    await this.withLock(state.subject, async () => {
      await this.load().catch((thrown) => {
        if (!isUnreadable(thrown)) throw thrown
      })
      await this.save(state, now)
    })
  }
}

/** Whether another process has changed the record, or may change it. */
export function isStoreConflict(thrown: unknown): boolean {
  return GrantsError.isInstance(thrown) && thrown.code === 'store_conflict'
}

/** Whether a record exists that cannot be read. It does not stop a new sign-in. */
export function isUnreadable(thrown: unknown): boolean {
  return GrantsError.isInstance(thrown) && (thrown.code === 'invalid_state' || thrown.code === 'store_damaged')
}

/** @param isLock - whether the call knows no record that its error could quote */
async function callStore<T>(call: () => Promise<T>, isLock = false): Promise<T> {
  try {
    return await call()
  } catch (thrown) {
    if (GrantsError.isInstance(thrown)) throw thrown
    let cause = redactError(thrown, [])
    // A system error, which has a code, is about files and sockets only. Any other may quote the record.
    if (!isLock && findSystemCode(cause) === undefined) {
      cause = Object.assign(new Error('message omitted: it may quote the record'), { name: cause.name })
    }
    const message = 'The session store failed. See the cause; what this session holds in memory is unchanged.'
    throw new GrantsError('store_unavailable', message, { store: 'session', problem: 'it threw an error' }, { cause })
  }
}
