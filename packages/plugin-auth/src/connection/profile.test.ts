import { GrantsError, memoryStore } from '@particle-grants/core'
import { describe, expect, it } from 'vitest'
import { isProfileName, parseProfiles, type SignIn, serializeProfiles } from './profile.ts'
import { activeProfile, withActive } from './profile-book.ts'
import { StagedStore } from './staged-store.ts'

const signIn: SignIn = {
  baseUrl: 'https://api.particle.io',
  client: { kind: 'developer', id: 'particle' },
  subject: 'account:dev@example.com',
  store: 'file',
  key: 'session-a',
}

describe('profiles', () => {
  it('are the same after they were written and read', () => {
    const profiles = {
      active: 'work',
      profiles: { work: { signIn, warnedAt: 5 }, home: { pending: signIn } },
    }
    expect(parseProfiles(serializeProfiles(profiles), 'here')).toEqual(profiles)
  })

  it.each([
    ['no JSON', '{'],
    ['no object', '[]'],
    ['another version', '{"version":2,"profiles":{}}'],
    ['a name that is none', '{"version":1,"profiles":{"../x":{}}}'],
    [
      'a sign-in without a client',
      '{"version":1,"profiles":{"a":{"signIn":{"baseUrl":"x","subject":"y","store":"file","key":"z"}}}}',
    ],
    [
      'a sign-in without a key',
      JSON.stringify({ version: 1, profiles: { a: { signIn: { ...signIn, key: undefined } } } }),
    ],
    [
      'an unknown store',
      JSON.stringify({ version: 1, profiles: { a: { signIn: { ...signIn, store: 'cloud' } } } }),
    ],
  ])('that are damaged (%s) are an error that names the place', (_, text) => {
    const read = () => parseProfiles(text, 'the very place')
    expect(read).toThrowError(GrantsError)
    expect(read).toThrowError('the very place')
  })

  it('have names that are safe everywhere', () => {
    expect(['default', 'me@work', 'a.b-c_d'].map(isProfileName)).toEqual([true, true, true])
    expect(['', '../x', 'a b', '__proto__', 'constructor', '-p', 'x'.repeat(65)].some(isProfileName)).toBe(
      false,
    )
  })

  it('have an active one: the chosen, the only one, or default', () => {
    expect(activeProfile({ active: 'b', profiles: { a: {}, b: {} } })).toBe('b')
    expect(activeProfile({ profiles: { only: {} } })).toBe('only')
    expect(activeProfile({ profiles: { a: {}, b: {} } })).toBe('default')
    expect(withActive({ profiles: { a: {} } }, 'gone')).toEqual({ profiles: { a: {} } })
  })
})

describe('a staged store', () => {
  it('keeps sessions back until they are committed, and nothing else', async () => {
    const store = memoryStore()
    const staged = new StagedStore(store)
    await staged.save('session-a', 'token', null)
    await staged.save('guard-a', 'count', null)
    expect(await store.load('session-a')).toBeUndefined()
    expect((await store.load('guard-a'))?.value).toBe('count')
    expect((await staged.load('session-a'))?.value).toBe('token')
    expect(staged.sessionKey).toBe('session-a')
    await staged.commit()
    const version = (await store.load('session-a'))?.version ?? null
    await staged.save('session-a', 'next', version)
    expect((await store.load('session-a'))?.value).toBe('next')
  })

  it('replaces what is there by then, and removes what was removed', async () => {
    const store = memoryStore()
    await store.save('session-a', 'old', null)
    await store.save('session-b', 'old', null)
    const staged = new StagedStore(store)
    await staged.save('session-a', 'new', null)
    await staged.remove('session-b', null)
    expect(await staged.load('session-b')).toBeUndefined()
    await staged.commit()
    expect((await store.load('session-a'))?.value).toBe('new')
    expect(await store.load('session-b')).toBeUndefined()
  })
})
