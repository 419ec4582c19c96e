import { describe, expect, it } from 'vitest'
import type { Profiles } from './profile.ts'
import type { ProfileBook } from './profile-book.ts'
import { findSource } from './source.ts'

const none: Profiles = { profiles: {} }

/** Profiles that are known, without a disk. */
function book(profiles: Profiles = none): ProfileBook {
  return { read: async () => profiles } as ProfileBook
}

/** Profiles that nobody may read. */
const untouchable = {
  read: () => Promise.reject(new Error('profiles were read')),
} as unknown as ProfileBook

describe('the source of a token', () => {
  it('is the environment where it has one, and then no file is read', async () => {
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
    ['by flag', { baseUrl: 'http://127.0.0.1:1' }, {}],
    ['by environment', {}, { PARTICLE_GRANTS_BASE_URL: 'http://127.0.0.1:1' }],
  ])('goes elsewhere with that token only where told so %s', async (_, wanted, env) => {
    const source = await findSource(wanted, untouchable, { PARTICLE_AUTH: 'token', ...env })
    expect(source.baseUrl).toBe('http://127.0.0.1:1')
  })

  it('is the profile where a flag names one, whatever the environment has', async () => {
    const source = await findSource({ profile: 'work' }, book(), { PARTICLE_AUTH: 'token' })
    expect(source).toMatchObject({ from: 'profile', chosenBy: 'flag', name: 'work' })
  })

  it('is the profile of flag, then environment, then the active one', async () => {
    const profiles = book({ active: 'active', profiles: { active: {} } })
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

  it('is refused where its name or its store can not be one', async () => {
    await expect(findSource({ profile: '../x' }, book(), {})).rejects.toMatchObject({ code: 'usage' })
    await expect(findSource({}, book(), { PARTICLE_GRANTS_STORE: 'cloud' })).rejects.toMatchObject({
      code: 'usage',
    })
  })
})
