import { leaksIn } from '@particle-grants/test-kit'
import { describe, expect, it } from 'vitest'
import { FakeKeyring, ownFolder } from '../test/stores.ts'

const hanging = {
  code: 'store_unavailable',
  details: {
    store: 'keyring',
    problem: expect.stringMatching(/in time/),
    advice: expect.stringMatching(/--store file/),
  },
}

/** The limit of a call, in milliseconds. Calls that hang in these tests hang until the test releases them. */
const timeout = 100

/** Holds matching calls until `letGo` is called. */
function held(keyring: FakeKeyring, which: RegExp): { letGo: () => void; reached: Promise<void> } {
  let letGo = () => {}
  let reach = () => {}
  const gate = new Promise<void>((resolve) => {
    letGo = resolve
  })
  const reached = new Promise<void>((resolve) => {
    reach = resolve
  })
  keyring.before = (call) => {
    if (!which.test(call)) return
    reach()
    return gate
  }
  return { letGo, reached }
}

describe('a keyring that hangs', () => {
  it('fails every call after the limit, and runs no task', async () => {
    let ran = false
    const attempts = [
      (store) => store.load('session-a'),
      (store) => store.save('session-a', 'planted-5ecret', null),
      (store) => store.remove('session-a', null),
      (store) =>
        store.exclusively('session-a', async () => {
          ran = true
        }),
      (store) => store.list(),
    ] satisfies ((store: ReturnType<FakeKeyring['store']>) => Promise<unknown>)[]
    const failures = attempts.map(async (attempt) => {
      const keyring = new FakeKeyring()
      held(keyring, /./)
      return attempt(keyring.store({ timeout })).catch((error: unknown) => error)
    })
    for (const thrown of await Promise.all(failures)) {
      expect(thrown).toMatchObject(hanging)
      expect(leaksIn(thrown, ['planted-5ecret'])).toEqual([])
    }
    expect(ran).toBe(false)
  })

  it('is called once for all callers that wait', async () => {
    const keyring = new FakeKeyring()
    const { letGo } = held(keyring, /./)
    const store = keyring.store({ timeout })
    const many = await Promise.allSettled(Array.from({ length: 50 }, () => store.load('session-a')))
    for (const outcome of many) expect(outcome).toMatchObject({ status: 'rejected', reason: hanging })
    await expect(store.load('session-a')).rejects.toMatchObject(hanging)
    expect(keyring.calls).toHaveLength(1)
    letGo()
  })

  it('is used again when it responds', async () => {
    const keyring = new FakeKeyring()
    const { letGo } = held(keyring, /./)
    const store = keyring.store({ timeout })
    await expect(store.load('session-a')).rejects.toMatchObject(hanging)
    letGo()
    await new Promise((resolve) => setImmediate(resolve))
    expect(await store.load('session-a')).toBeUndefined()
  })

  it('during a write blocks other writers until that write ends, so that it overwrites none of theirs', async () => {
    const keyring = new FakeKeyring()
    const directory = ownFolder()
    const store = keyring.store({ directory, timeout })
    const version = await store.save('session-a', 'first', null)

    const { letGo } = held(keyring, /^write record/)
    await expect(store.save('session-a', 'late', version)).rejects.toMatchObject(hanging)
    const impatient = keyring.store({ directory, lockTimeout: 50 })
    await expect(impatient.save('session-a', 'other', version)).rejects.toMatchObject({
      code: 'lock_timeout',
      details: { key: 'session-a' },
    })

    const patient = keyring.store({ directory }).save('session-a', 'other', version)
    letGo()
    // The late write came first.
    await expect(patient).rejects.toMatchObject({ code: 'store_conflict' })
    expect((await store.load('session-a'))?.value).toBe('late')
  })
})

describe('a keyring that fails', () => {
  const cases: [string, string][] = [
    ["Couldn't access platform storage: Secret Service: no result found", 'locked'],
    ['Secret Service: unlock prompt was dismissed', 'locked'],
    ['User interaction is not allowed.', 'locked'],
    ["Couldn't access platform storage", 'no keyring that answers'],
    ['Did not receive a reply. The security policy blocked it, or the reply timeout expired.', 'in time'],
    ['something with planted-5ecret in it', 'no keyring that answers'],
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
        details: {
          problem: expect.stringContaining(problem),
          advice: expect.stringMatching(/^[A-Z].*--store file/),
        },
      })
      expect(leaksIn(thrown, ['planted-5ecret'])).toEqual([])
    })
  }
})
