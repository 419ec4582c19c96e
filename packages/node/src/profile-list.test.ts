import { GrantsError } from '@particle-grants/core'
import { describe, expect, it } from 'vitest'
import {
  activateProfile,
  getActiveProfile,
  isProfileName,
  parseProfiles,
  type SignIn,
  serializeProfiles,
} from './profile-list.ts'

const signIn: SignIn = {
  baseUrl: 'https://api.particle.io',
  client: { kind: 'developer', id: 'particle' },
  subject: 'account:dev@example.com',
  store: 'file',
  key: 'session-a',
}

describe('parseProfiles', () => {
  it('returns what was serialized', () => {
    const profiles = {
      active: 'work',
      profiles: { work: { signIn }, home: { pending: signIn } },
    }
    expect(parseProfiles(serializeProfiles(profiles))).toEqual(profiles)
  })

  it.each([
    ['text that is not JSON', '{'],
    ['a list', '[]'],
    ['another version', '{"version":2,"profiles":{}}'],
    ['a version without profiles', '{"version":1}'],
  ])('rejects %s, and names the record', (_, text) => {
    expect(() => parseProfiles(text)).toThrowError(GrantsError)
    expect(() => parseProfiles(text)).toThrowError('the record profiles of the file store')
  })
})

describe('isProfileName', () => {
  it('accepts names that are safe everywhere', () => {
    const invalid = ['', '../x', 'a b', '__proto__', 'constructor', '-p', 'x'.repeat(65)]
    expect(['default', 'me@work', 'a.b-c_d'].map(isProfileName)).toEqual([true, true, true])
    expect(invalid.some(isProfileName)).toBe(false)
  })
})

describe('getActiveProfile', () => {
  it('returns the chosen profile, the only one, or default', () => {
    expect(getActiveProfile({ active: 'b', profiles: { a: {}, b: {} } })).toBe('b')
    expect(getActiveProfile({ profiles: { only: {} } })).toBe('only')
    expect(getActiveProfile({ profiles: { a: {}, b: {} } })).toBe('b')
    expect(activateProfile({ profiles: { a: {} } }, 'removed')).toEqual({ profiles: { a: {} } })
  })
})
