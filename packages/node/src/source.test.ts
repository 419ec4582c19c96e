import { afterEach, describe, expect, it, vi } from 'vitest'
import type { ProfileList, Profiles } from './profile-list.ts'
import { findSource as findInEnvironment, type SourceOptions } from './source.ts'

const none: Profiles = { profiles: {} }

/** Profiles without a disk. */
function book(profiles: Profiles = none): ProfileList {
  return { read: async () => profiles } as ProfileList
}

/** Profiles that must not be read. */
const untouchable = {
  read: () => Promise.reject(new Error('profiles were read')),
} as unknown as ProfileList

afterEach(() => void vi.unstubAllEnvs())

/** Finds the source in an environment that has only these variables of ours. */
function findSource(flags: SourceOptions, profiles: ProfileList, env: Readonly<Record<string, string>> = {}) {
  vi.unstubAllEnvs()
  for (const name of ['PARTICLE_ACCESS_TOKEN', 'PARTICLE_AUTH']) vi.stubEnv(name, '')
  for (const name of ['PROFILE', 'BASE_URL', 'STORE']) vi.stubEnv(`PARTICLE_GRANTS_${name}`, '')
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value)
  return findInEnvironment(flags, profiles)
}

describe('findSource', () => {
  it('prefers a token in the environment, and then reads no file', async () => {
    const source = await findSource({}, untouchable, {
      PARTICLE_ACCESS_TOKEN: ' t0ken ',
      PARTICLE_AUTH: 'other',
    })
    expect(source).toMatchObject({
      from: 'environment',
      variable: 'PARTICLE_ACCESS_TOKEN',
      baseUrl: 'https://api.particle.io',
    })
    expect(JSON.stringify(source)).not.toContain('t0ken')
  })

  it.each([
    ['by a flag', { baseUrl: 'http://127.0.0.1:1' }, {}],
    ['by the environment', {}, { PARTICLE_GRANTS_BASE_URL: 'http://127.0.0.1:1' }],
  ])('sends that token to another base URL only if it is given %s', async (_, flags, env) => {
    const source = await findSource(flags, untouchable, { PARTICLE_AUTH: 'token', ...env })
    expect(source.baseUrl).toBe('http://127.0.0.1:1')
  })

  it('prefers a profile that a flag names to a token in the environment', async () => {
    const source = await findSource({ profile: 'work' }, book(), { PARTICLE_AUTH: 'token' })
    expect(source).toMatchObject({ from: 'profile', chosenBy: 'flag', name: 'work' })
  })

  it('prefers the profile of the flag, then of the environment, then the active one', async () => {
    const profiles = book({ active: 'active', profiles: { active: {}, named: {}, flag: {} } })
    const env = { PARTICLE_GRANTS_PROFILE: 'named' }
    expect((await findSource({ profile: 'flag' }, profiles, env)) as object).toMatchObject({ name: 'flag' })
    expect((await findSource({}, profiles, env)) as object).toMatchObject({
      name: 'named',
      chosenBy: 'environment',
    })
    expect((await findSource({}, profiles, {})) as object).toMatchObject({
      name: 'active',
      chosenBy: 'profiles',
    })
    expect((await findSource({}, book(), {})) as object).toMatchObject({
      name: 'default',
      profile: undefined,
    })
  })

  it('rejects an invalid profile name and store', async () => {
    await expect(findSource({ profile: '../x' }, book(), {})).rejects.toMatchObject({ code: 'invalid_argument' })
    await expect(findSource({}, book(), { PARTICLE_GRANTS_STORE: 'cloud' })).rejects.toMatchObject({
      code: 'invalid_argument',
    })
  })

  it('rejects a named profile that does not exist, if others do', async () => {
    const profiles = book({ profiles: { work: {} } })
    await expect(findSource({ profile: 'wrok' }, profiles, {})).rejects.toMatchObject({ code: 'unknown_profile' })
    expect(await findSource({ profile: 'first' }, book(), {})).toMatchObject({ profile: undefined })
  })
})
