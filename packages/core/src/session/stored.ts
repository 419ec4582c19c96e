import type { ErrorDetails } from '../errors/details.ts'
import { GrantsError } from '../errors/grants-error.ts'
import { sanitizeCause, systemCodeOf } from '../errors/sanitize.ts'
import { parseState } from '../machine/parse-state.ts'
import { serializeState } from '../machine/serialize-state.ts'
import { type Identity, type SettledState, tokensOf } from '../machine/state.ts'
import { Secret } from '../secret.ts'
import type { Store, StoreRecord } from '../store/store.ts'
import { sessionKey } from './session-key.ts'

/** What reading the store gave: nothing new, a state that somebody else saved, or that the session is gone. */
export type Loaded = 'unchanged' | 'gone' | SettledState

/** One session's record in its store, and the version of it that this process has seen. */
export class StoredSession {
  readonly #store: Store
  #version: string | null = null
  /** The record of that version is not what this session holds, since it was not or could not be read. */
  #unread = false

  constructor(store: Store) {
    this.#store = store
  }

  /** Runs a task alone on the session of this identity; an unbound one has nobody to share it with. */
  async exclusively<T>(identity: Identity, task: (lost: AbortSignal | undefined) => Promise<T>): Promise<T> {
    const key = await sessionKey(identity)
    if (key === undefined) return task(undefined)
    const outcome: { result?: { value: T }; thrown?: unknown } = {}
    try {
      await this.#store.exclusively(key, async ({ signal }) => {
        try {
          outcome.result = { value: await task(signal) }
        } catch (thrown) {
          outcome.thrown = thrown
        }
      })
    } catch (thrown) {
      // The lock itself failed. What the task did, or threw, counts for more.
      if (outcome.result === undefined && !('thrown' in outcome))
        throw storeFailure('lock', thrown, undefined)
    }
    if (outcome.result !== undefined) return outcome.result.value
    throw outcome.thrown
  }

  /** Reads the record. One that can't be used is complained of each time, and stays as it is. */
  async load(identity: Identity): Promise<Loaded> {
    // Nobody's is only seen, never loaded: there is a subject.
    const key = (await sessionKey(identity)) as string
    const record = await this.#loaded(key)
    if (record === undefined) return this.#forgotten() ? 'gone' : 'unchanged'
    if (record.version === this.#version && !this.#unread) return 'unchanged'
    // Known even where the record can't be read: whoever logs out removes it.
    this.#version = record.version
    this.#unread = true
    const state = readState(key, record.value)
    assertSameSession(state.identity, identity)
    this.#unread = false
    return withoutForeignStop(state)
  }

  /** Learns the version only, for a sign-in that takes nothing over from whoever was signed in before. */
  async see(identity: Identity): Promise<void> {
    const key = await sessionKey(identity)
    if (key === undefined) return
    const record = await this.#loaded(key)
    this.#version = record?.version ?? null
    this.#unread = record !== undefined
  }

  async save(state: SettledState): Promise<void> {
    const key = await sessionKey(state.identity)
    if (key === undefined) return
    const value = serializeState(state)
    const secrets = [new Secret(value), ...secretsOf(state)]
    if (this.#unread) await this.#setAside(key, state.identity)
    this.#version = await guarded('save', secrets, () => this.#store.save(key, value, this.#version))
    this.#unread = false
  }

  async remove(identity: Identity): Promise<void> {
    const key = await sessionKey(identity)
    if (key === undefined) return
    // Also without a record: a damaged one may have been kept aside.
    await guarded('remove', [], () => this.#store.remove(key, this.#version))
    this.#forgotten()
    await guarded('remove', [], () => this.#removeAside(key))
  }

  #loaded(key: string): Promise<StoreRecord | undefined> {
    return guarded('load', undefined, () => this.#store.load(key))
  }

  /** Forgets the version; says whether there was one. */
  #forgotten(): boolean {
    const known = this.#version !== null
    this.#version = null
    this.#unread = false
    return known
  }

  /** What this release can't read may be a later one's: it is kept beside what takes its place. */
  async #setAside(key: string, identity: Identity): Promise<void> {
    const record = await this.#loaded(key)
    if (record === undefined || isOf(identity, record.value)) return
    const aside = await this.#loaded(asideOf(key))
    await guarded('save', undefined, () =>
      this.#store.save(asideOf(key), record.value, aside?.version ?? null),
    )
  }

  async #removeAside(key: string): Promise<void> {
    const aside = await this.#store.load(asideOf(key))
    if (aside !== undefined) await this.#store.remove(asideOf(key), aside.version)
  }
}

const asideOf = (key: string) => `aside-${key}`

function isOf(identity: Identity, value: string): boolean {
  try {
    assertSameSession(parseState(value).identity, identity)
    return true
  } catch {
    return false
  }
}

/** The state in a record; the complaint about one that can't be read names the record. */
function readState(key: string, value: string): SettledState {
  try {
    return parseState(value)
  } catch (thrown) {
    const { problem } = (thrown as GrantsError<'invalid_state'>).details
    throw new GrantsError('invalid_state', { problem: `${problem} (the record ${key} in the store)` })
  }
}

/** Another process's client was refused, perhaps for its secret alone: the failure budget knows which, and this may do better. */
function withoutForeignStop(state: SettledState): SettledState {
  return state.status === 'signed_in' && state.renewalStopped === 'invalid_client'
    ? { ...state, renewalStopped: undefined }
    : state
}

function secretsOf(state: SettledState): readonly Secret[] {
  const tokens = tokensOf(state)
  const challenge = state.status === 'mfa_required' ? state.challenge.mfaToken : undefined
  return [tokens?.accessToken, tokens?.refreshToken, challenge].filter((one) => one !== undefined)
}

/** Throws `invalid_state` when a state belongs to another base URL, client or subject. */
export function assertSameSession(found: Identity, expected: Identity): void {
  const differing = (['baseUrl', 'clientId', 'clientKind', 'subject'] as const).find(
    (name) => found[name] !== expected[name] && !(name === 'subject' && expected.subject === undefined),
  )
  if (differing !== undefined) {
    throw new GrantsError('invalid_state', {
      problem: `it belongs to another session (its ${differing} differs)`,
    })
  }
}

/** `secrets`: what is in play; `undefined` where it can't be known. */
async function guarded<T>(
  operation: ErrorDetails['store_failed']['operation'],
  secrets: readonly Secret[] | undefined,
  run: () => Promise<T>,
): Promise<T> {
  try {
    return await run()
  } catch (thrown) {
    throw storeFailure(operation, thrown, secrets)
  }
}

/** A store's own typed error as it is; anything else as `store_failed`, cleaned. */
function storeFailure(
  operation: ErrorDetails['store_failed']['operation'],
  thrown: unknown,
  secrets: readonly Secret[] | undefined,
): GrantsError {
  if (GrantsError.isInstance(thrown)) return thrown
  const cause = secrets === undefined ? withoutMessage(thrown) : sanitizeCause(thrown, secrets)
  return new GrantsError('store_failed', { operation }, { cause })
}

/** An error that may quote what was stored. That of a system, which has a code, speaks of files and sockets only. */
function withoutMessage(thrown: unknown): Error {
  const cause = sanitizeCause(thrown, [])
  if (systemCodeOf(cause) !== undefined) return cause
  const { name } = cause
  return Object.assign(new Error('its message is left out: it may quote what is stored'), { name })
}
