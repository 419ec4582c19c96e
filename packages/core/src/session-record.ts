import { GrantsError } from './errors.ts'
import { invalidState } from './json-reader.ts'
import { parseState, serializeState } from './machine/serialize.ts'
import type { Identity, SettledState } from './machine/state.ts'
import { findSystemCode, redactError } from './redact.ts'
import { type Store, sha256Hex } from './store.ts'
import { formatSubject, isSameSubject, type TokenSubject } from './subject.ts'

/** Returns a session's key in its store. `undefined`: the session is unbound, so that it has no record. */
export async function getSessionKey(
  { baseUrl, clientId, profile }: Identity,
  subject: TokenSubject | undefined,
): Promise<string | undefined> {
  const name = profile === undefined ? subject && [formatSubject(subject)] : ['profile', profile]
  return name && `session-${await sha256Hex([baseUrl, clientId, ...name])}`
}

/** One session's record in its store, and the versions of it that this process knows. */
export class SessionRecord {
  readonly #store: Store
  readonly #identity: Identity
  #subject: TokenSubject | undefined
  #key: string | undefined
  /** The version that the next save replaces. */
  #version: string | null = null
  /** The version whose state the session took over or saved. */
  #ownVersion: string | undefined

  constructor(store: Store, identity: Identity) {
    this.#store = store
    this.#identity = identity
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
    const key = await getSessionKey(this.#identity, subject)
    if (key !== this.#key) {
      this.#subject = subject
      this.#key = key
      this.#version = null
      this.#ownVersion = undefined
    }
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

  /**
   * Returns the state that another process saved, `unchanged`, or `missing` if the record no longer exists.
   *
   * @throws GrantsError `invalid_state` or `store_damaged` for a record that cannot be read; it stays as it is
   */
  async load(): Promise<SettledState | 'unchanged' | 'missing'> {
    const key = this.#key
    if (key === undefined) return 'unchanged'
    const record = await callStore(() => this.#store.load(key))
    const knownVersion = this.#version
    this.#version = record?.version ?? null
    if (record === undefined) return knownVersion === null ? 'unchanged' : 'missing'
    if (record.version === this.#ownVersion) return 'unchanged'
    const state = parseState(record.value, this.#identity)
    // A profile's record may be any account's.
    const isOther = this.#identity.profile === undefined && !isSameSubject(state.subject, this.#subject)
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

  async save(state: SettledState): Promise<void> {
    const { subject, status } = state
    // A token of an unknown subject stays in memory: a profile's record is another sign-in's.
    if (subject === undefined && status !== 'signed_out') return
    const key = this.#key
    if (key === undefined) return status === 'signed_in' ? this.#replace(state) : undefined
    const value = serializeState(state)
    this.#version = await callStore(() => this.#store.save(key, value, this.#version))
    this.#ownVersion = this.#version
  }

  /** Saves the completed sign-in of an unbound session, whatever the store has of its subject. */
  async #replace(state: SettledState): Promise<void> {
    await this.withLock(state.subject, async () => {
      await this.load().catch((thrown) => {
        if (!isUnreadable(thrown)) throw thrown
      })
      await this.save(state)
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
