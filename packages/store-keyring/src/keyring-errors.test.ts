import { findLeaks } from '@particle-grants/test-kit'
import { describe, expect, it } from 'vitest'
import { createTestFolder, FakeKeyring } from '../test/stores.ts'

const hanging = {
  code: 'store_unavailable',
  details: {
    store: 'keyring',
    problem: expect.stringMatching(/in time/),
  },
  message: expect.stringMatching(/\. Or use fileStore\(\) of @particle-grants\/store-file\.$/),
}

/** The time limit of a call. Hanging calls in these tests hang until the test releases them. */
const timeoutMs = 100

/** Makes matching calls hang until the returned function is called. */
function hangCalls(keyring: FakeKeyring, pattern: RegExp): () => void {
  let release = () => {}
  const released = new Promise<void>((resolve) => {
    release = resolve
  })
  keyring.before = (call) => (pattern.test(call) ? released : undefined)
  return release
}

describe('a keyring that hangs', () => {
  it('fails every call after the limit, and runs no task', async () => {
    let ran = false
    const attempts = [
      (store) => store.load('session-a'),
      (store) => store.save('session-a', 'planted-5ecret', null),
      (store) => store.remove('session-a', null),
      (store) =>
        store.withLock('session-a', async () => {
          ran = true
        }),
    ] satisfies ((store: ReturnType<FakeKeyring['store']>) => Promise<unknown>)[]
    const failures = attempts.map(async (attempt) => {
      const keyring = new FakeKeyring()
      hangCalls(keyring, /./)
      return attempt(keyring.store({ timeoutMs })).catch((error: unknown) => error)
    })
    for (const thrown of await Promise.all(failures)) {
      expect(thrown).toMatchObject(hanging)
      expect(findLeaks(thrown, ['planted-5ecret'])).toEqual([])
    }
    expect(ran).toBe(false)
  })

  it('is called once for all callers that wait', async () => {
    const keyring = new FakeKeyring()
    const release = hangCalls(keyring, /./)
    const store = keyring.store({ timeoutMs })
    const many = await Promise.allSettled(Array.from({ length: 50 }, () => store.load('session-a')))
    for (const outcome of many) expect(outcome).toMatchObject({ status: 'rejected', reason: hanging })
    await expect(store.load('session-a')).rejects.toMatchObject(hanging)
    expect(keyring.calls).toHaveLength(1)
    release()
  })

  it('is used again when it responds', async () => {
    const keyring = new FakeKeyring()
    const release = hangCalls(keyring, /./)
    const store = keyring.store({ timeoutMs })
    await expect(store.load('session-a')).rejects.toMatchObject(hanging)
    release()
    await new Promise((resolve) => setImmediate(resolve))
    expect(await store.load('session-a')).toBeUndefined()
  })

  it('during a write blocks other writers until that write ends, so that it overwrites none of theirs', async () => {
    const keyring = new FakeKeyring()
    const directory = createTestFolder()
    const store = keyring.store({ directory, timeoutMs })
    const version = await store.save('session-a', 'first', null)

    const release = hangCalls(keyring, /^write record/)
    await expect(store.save('session-a', 'late', version)).rejects.toMatchObject(hanging)
    const other = keyring.store({ directory, lockTimeoutMs: 50 })
    await expect(other.save('session-a', 'other', version)).rejects.toMatchObject({
      code: 'lock_timeout',
      details: { key: 'session-a' },
    })

    const waiting = keyring.store({ directory }).save('session-a', 'other', version)
    release()
    // The hanging write was completed first.
    await expect(waiting).rejects.toMatchObject({ code: 'store_conflict' })
    expect((await store.load('session-a'))?.value).toBe('late')
  })
})

describe('a keyring that fails', () => {
  const cases: [string, string][] = [
    ["Couldn't access platform storage: Secret Service: no result found", 'locked'],
    ['Secret Service: unlock prompt was dismissed', 'locked'],
    ['User interaction is not allowed.', 'locked'],
    ["Couldn't access platform storage", 'no keyring responds'],
    ['Did not receive a reply. The security policy blocked it, or the reply timeout expired.', 'in time'],
    ['something with planted-5ecret in it', 'no keyring responds'],
  ]
  for (const [message, problem] of cases) {
    it(`reports "${problem}" and what to do: ${message}`, async () => {
      const keyring = new FakeKeyring()
      keyring.before = () => {
        throw new Error('outer', { cause: new Error(message) })
      }
      const thrown = await keyring
        .store()
        .load('session-a')
        .catch((error: unknown) => error)
      expect(thrown).toMatchObject({
        code: 'store_unavailable',
        details: { store: 'keyring', problem: expect.stringContaining(problem) },
        message: expect.stringMatching(/^The keyring cannot be used: .*\. [A-Z].*\. Or use fileStore\(\) of /),
      })
      expect(findLeaks(thrown, ['planted-5ecret'])).toEqual([])
    })
  }
})
