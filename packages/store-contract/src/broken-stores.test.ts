import { GrantsError, type Store, type StoreRecord } from '@particle-grants/core'
import { describe, expect, it } from 'vitest'
import { storeContract } from './index.ts'

const conflict = (key: string) => new GrantsError('store_conflict', 'The record has changed.', { key })
const wait = () => new Promise<void>((resolve) => setImmediate(resolve))

interface ExpiringRecord extends StoreRecord {
  readonly expiresAt: number | undefined
}

/** A correct store, in parts that a test can replace by wrong ones. */
function createParts() {
  const records = new Map<string, ExpiringRecord>()
  const tails = new Map<string, Promise<unknown>>()
  const parts = {
    records,
    createVersion: (): string => crypto.randomUUID(),
    isExpired: (expiresAt: number): boolean => expiresAt <= Date.now(),
    find(key: string): ExpiringRecord | undefined {
      const record = records.get(key)
      return record?.expiresAt !== undefined && parts.isExpired(record.expiresAt) ? undefined : record
    },
    assertVersion(key: string, ifVersion: string | null): void {
      if ((parts.find(key)?.version ?? null) !== ifVersion) throw conflict(key)
    },
    /** Returns the expiry to store in place of an earlier record. */
    toExpiry: (expiresAt: number | undefined, _earlier: ExpiringRecord | undefined): number | undefined => expiresAt,
    recordName: (key: string): string => key,
    encode: (value: string): string => value,
    /** Runs between the comparison of versions and the change. */
    beforeChange: undefined as (() => Promise<void>) | undefined,
    onRemove: (key: string): unknown => records.delete(key),
    enqueue<T>(key: string, run: () => Promise<T>): Promise<T> {
      const result = (tails.get(key) ?? Promise.resolve()).then(run)
      tails.set(
        key,
        result.catch(() => {}),
      )
      return result
    },
    runTask: <T>(task: (signal: AbortSignal) => Promise<T>): Promise<T> => task(new AbortController().signal),
  }
  return parts
}

type Parts = ReturnType<typeof createParts>

function createStore(parts: Parts): Store {
  return {
    load: async (key) => parts.find(parts.recordName(key)),
    // biome-ignore lint/complexity/useMaxParams: the contract of Store
    async save(key, value, ifVersion, expiresAt) {
      const name = parts.recordName(key)
      parts.assertVersion(name, ifVersion)
      if (parts.beforeChange !== undefined) await parts.beforeChange()
      const version = parts.createVersion()
      const expiry = parts.toExpiry(expiresAt, parts.records.get(name))
      parts.records.set(name, { version, value: parts.encode(value), expiresAt: expiry })
      return version
    },
    async remove(key, ifVersion) {
      const name = parts.recordName(key)
      parts.assertVersion(name, ifVersion)
      if (parts.beforeChange !== undefined) await parts.beforeChange()
      parts.onRemove(name)
    },
    withLock: (key, task) => parts.enqueue(key, async () => parts.runTask(task)),
  }
}

/** Returns the names of the cases that a store fails. */
async function findFailures(change: (parts: Parts) => void): Promise<readonly string[]> {
  const cases = storeContract(() => {
    const parts = createParts()
    change(parts)
    return { open: () => createStore(parts), listNames: () => [...parts.records.keys()] }
  })
  const outcomes = await Promise.allSettled(cases.map(({ run }) => run()))
  return cases.flatMap(({ name }, index) => (outcomes[index]?.status === 'rejected' ? [name] : []))
}

/** What is wrong with a store, how, and the case that finds it. */
const faults: readonly [string, (parts: Parts) => void, RegExp][] = [
  [
    'counts versions from one again after a removal',
    (parts) => {
      let last = 0
      parts.createVersion = () => {
        last += 1
        return String(last)
      }
      parts.onRemove = (key) => {
        last = 0
        parts.records.delete(key)
      }
    },
    /^save returns a version that was never used/,
  ],
  [
    'uses one version for equal values',
    (parts) => {
      parts.createVersion = () => 'always the same'
    },
    /^save returns a version that was never used/,
  ],
  [
    'ignores versions',
    (parts) => {
      parts.assertVersion = () => {}
    },
    /^an older version conflicts$/,
  ],
  [
    'treats null as "any version"',
    (parts) => {
      const { assertVersion } = parts
      parts.assertVersion = (key, ifVersion) => {
        if (ifVersion !== null) assertVersion(key, ifVersion)
      }
    },
    /^null conflicts with an existing record$/,
  ],
  [
    'creates a record although a version was named',
    (parts) => {
      const { assertVersion, records } = parts
      parts.assertVersion = (key, ifVersion) => {
        if (records.has(key)) assertVersion(key, ifVersion)
      }
    },
    /^a version conflicts with a missing record$/,
  ],
  [
    'compares and changes in two steps',
    (parts) => {
      parts.beforeChange = wait
    },
    /^one of many simultaneous saves succeeds/,
  ],
  [
    'rejects a conflict with another error',
    (parts) => {
      const { assertVersion } = parts
      parts.assertVersion = (key, ifVersion) => {
        try {
          assertVersion(key, ifVersion)
        } catch (cause) {
          throw new Error('The record has changed.', { cause })
        }
      }
    },
    /^null conflicts with an existing record$/,
  ],
  [
    'quotes values in errors',
    (parts) => {
      const { records } = parts
      parts.assertVersion = (key, ifVersion) => {
        const record = records.get(key)
        if ((record?.version ?? null) === ifVersion) return
        const cause = new Error(`it contains ${record?.value}`)
        throw new GrantsError('store_conflict', 'The record has changed.', { key }, { cause })
      }
    },
    /^values appear in no name and no error$/,
  ],
  [
    'trims values',
    (parts) => {
      parts.encode = (value) => value.trim()
    },
    /^load returns what was saved, .*: spaces at both ends/,
  ],
  [
    'normalises line ends',
    (parts) => {
      parts.encode = (value) => value.replaceAll('\r\n', '\n')
    },
    /^load returns what was saved, .*: several lines/,
  ],
  [
    'cuts long values off',
    (parts) => {
      parts.encode = (value) => value.slice(0, 4000)
    },
    /^load returns what was saved, .*: the largest value$/,
  ],
  [
    'cuts long keys off',
    (parts) => {
      parts.recordName = (key) => key.slice(0, 9)
    },
    /^save and remove keep records with similar keys apart$/,
  ],
  [
    'removes every key that starts with the key',
    (parts) => {
      parts.onRemove = (key) => {
        for (const other of parts.records.keys()) if (other.startsWith(key)) parts.records.delete(other)
      }
    },
    /^save and remove keep records with similar keys apart$/,
  ],
  [
    'ignores expiresAt',
    (parts) => {
      parts.toExpiry = () => undefined
    },
    /^load returns undefined for a record that has expired/,
  ],
  [
    'takes expiresAt for a lifetime',
    (parts) => {
      parts.toExpiry = (expiresAt) => expiresAt && Date.now() + expiresAt
    },
    /^load returns undefined for a record that has expired/,
  ],
  [
    'sets the expiry of new records only',
    (parts) => {
      parts.toExpiry = (expiresAt, earlier) => (earlier === undefined ? expiresAt : earlier.expiresAt)
    },
    /^load returns undefined for a record that has expired/,
  ],
  [
    'takes expiresAt for seconds',
    (parts) => {
      parts.isExpired = (expiresAt) => expiresAt * 1000 <= Date.now()
    },
    /^load returns undefined for a record that has expired/,
  ],
  [
    'expires a record at once',
    (parts) => {
      parts.isExpired = () => true
    },
    /^load returns a record until it expires$/,
  ],
  [
    'compares expiresAt with the time of the save only',
    (parts) => {
      parts.toExpiry = (expiresAt) => (expiresAt && expiresAt <= Date.now() ? expiresAt : undefined)
    },
    /^load returns a record until it expires$/,
  ],
  [
    'hides an expired record from load only',
    (parts) => {
      const { records } = parts
      parts.assertVersion = (key, ifVersion) => {
        if ((records.get(key)?.version ?? null) !== ifVersion) throw conflict(key)
      }
    },
    /^null replaces and removes a record that has expired$/,
  ],
  [
    'still accepts the version of an expired record',
    (parts) => {
      const { assertVersion, records } = parts
      parts.assertVersion = (key, ifVersion) => {
        if (ifVersion === null || records.get(key)?.version !== ifVersion) assertVersion(key, ifVersion)
      }
    },
    /^the version of a record that has expired conflicts$/,
  ],
  [
    'keeps the expiry of the save before',
    (parts) => {
      parts.toExpiry = (expiresAt, earlier) => expiresAt ?? earlier?.expiresAt
    },
    /^a save without expiresAt keeps the record/,
  ],
  [
    'does not lock',
    (parts) => {
      parts.enqueue = (_key, run) => run()
    },
    /^withLock runs one task at a time per key/,
  ],
  [
    'runs no task after one that failed',
    (parts) => {
      const { enqueue } = parts
      let isBroken = false
      parts.enqueue = (key, run) =>
        enqueue(key, async () => {
          if (isBroken) throw new Error('The lock is still taken.')
          isBroken = true
          const result = await run()
          isBroken = false
          return result
        })
    },
    /^withLock runs the next task after one that fails$/,
  ],
  [
    'wraps the error of a task',
    (parts) => {
      const { runTask } = parts
      parts.runTask = (task) =>
        runTask(task).catch((cause: unknown) => {
          throw new Error('The task failed.', { cause })
        })
    },
    /^withLock returns the result of the task, and rejects with its error unchanged$/,
  ],
  [
    'passes a signal that is aborted',
    (parts) => {
      parts.runTask = (task) => task(AbortSignal.abort())
    },
    /^withLock passes a signal that does not abort in normal use$/,
  ],
]

describe('storeContract', () => {
  it('accepts a correct store', async () => {
    expect(await findFailures(() => {})).toEqual([])
  })

  it.each(faults)('fails a store that %s', async (_, change, expected) => {
    expect(await findFailures(change)).toContainEqual(expect.stringMatching(expected))
  })

  it('has a different name for each case', () => {
    const names = storeContract(() => ({ open: () => createStore(createParts()) })).map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
    expect(names.length).toBeGreaterThan(20)
  })

  it('removes the storage after each case, also after one that fails', async () => {
    let removed = 0
    const cases = storeContract(() => ({
      open: () => {
        throw new Error('cannot be opened')
      },
      remove: () => {
        removed += 1
      },
    }))
    for (const { run } of cases) await expect(run()).rejects.toThrow('cannot be opened')
    expect(removed).toBe(cases.length)
  })
})
