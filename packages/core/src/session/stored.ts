import type { ErrorDetails } from '../errors/details.ts'
import { GrantsError } from '../errors/grants-error.ts'
import { sanitizeCause } from '../errors/sanitize.ts'
import { parseState } from '../machine/parse-state.ts'
import { serializeState } from '../machine/serialize-state.ts'
import type { Identity, SettledState } from '../machine/state.ts'
import { Secret } from '../secret.ts'
import type { Store } from '../store/store.ts'
import { sessionKey } from './session-key.ts'

/** What reading the store gave: nothing new, a state that somebody else saved, or that the session is gone. */
export type Loaded = 'unchanged' | 'gone' | SettledState

/** One session's record in its store, and the version of it that this process has seen. */
export class StoredSession {
  readonly #store: Store
  #version: string | null = null

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
      if (outcome.result === undefined && !('thrown' in outcome)) throw storeFailure('lock', thrown)
    }
    if (outcome.result !== undefined) return outcome.result.value
    throw outcome.thrown
  }

  async load(identity: Identity): Promise<Loaded> {
    const key = await sessionKey(identity)
    if (key === undefined) return 'unchanged'
    const record = await guarded('load', [], () => this.#store.load(key))
    if (record === undefined) {
      const known = this.#version !== null
      this.#version = null
      return known ? 'gone' : 'unchanged'
    }
    if (record.version === this.#version) return 'unchanged'
    // Known even where the record can't be read: whoever logs out removes it.
    this.#version = record.version
    const state = parseState(record.value)
    assertSameSession(state.identity, identity)
    return state
  }

  async save(state: SettledState): Promise<void> {
    const key = await sessionKey(state.identity)
    if (key === undefined) return
    const value = serializeState(state)
    this.#version = await guarded('save', [new Secret(value)], () =>
      this.#store.save(key, value, this.#version),
    )
  }

  async remove(identity: Identity): Promise<void> {
    const key = await sessionKey(identity)
    if (key === undefined) return
    // Also without a record: a damaged one may have been kept aside.
    await guarded('remove', [], () => this.#store.remove(key, this.#version))
    this.#version = null
  }
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

async function guarded<T>(
  operation: ErrorDetails['store_failed']['operation'],
  secrets: readonly Secret[],
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
  secrets: readonly Secret[] = [],
): GrantsError {
  if (GrantsError.isInstance(thrown)) return thrown
  return new GrantsError('store_failed', { operation }, { cause: sanitizeCause(thrown, secrets) })
}
