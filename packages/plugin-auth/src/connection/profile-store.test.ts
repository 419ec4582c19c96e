import { memoryStore } from '@particle-grants/core'
import { describe, expect, it } from 'vitest'
import { profileStore } from './profile-store.ts'

const developer = { kind: 'developer' } as const

/** Two views of one store. */
function views(one: string, other: string) {
  const store = memoryStore()
  return [one, other].map((profile) => profileStore(store, { profile, client: developer })) as [
    ReturnType<typeof profileStore>,
    ReturnType<typeof profileStore>,
  ]
}

describe('a store as a profile sees it', () => {
  it.each(['session-abc', 'aside-session-abc'])('keeps %s for itself', async (key) => {
    const [one, other] = views('one', 'other')
    const version = await one.save(key, 'mine', null)
    expect(await other.load(key)).toBeUndefined()
    await other.save(key, 'yours', null)
    expect(await one.load(key)).toEqual({ version, value: 'mine' })
    await one.remove(key, version)
    expect((await other.load(key))?.value).toBe('yours')
  })

  it.each(['budget-abc', 'client-abc', 'profiles'])('shares %s with all others', async (key) => {
    const [one, other] = views('one', 'other')
    await one.save(key, 'ours', null)
    expect((await other.load(key))?.value).toBe('ours')
  })

  it('is another one for another kind of client, and the same one for the same', async () => {
    const store = memoryStore()
    const of = (kind: 'user' | 'product') => profileStore(store, { profile: 'one', client: { kind } })
    await of('user').save('session-abc', 'mine', null)
    expect(await of('product').load('session-abc')).toBeUndefined()
    expect((await of('user').load('session-abc'))?.value).toBe('mine')
  })

  it('gives keys that every store takes', async () => {
    const store = memoryStore()
    const key = `aside-session-${'f'.repeat(64)}`
    await profileStore(store, { profile: 'x'.repeat(64), client: developer }).save(key, '', null)
    expect(await store.list()).toEqual([expect.stringMatching(/^[a-z0-9-]{1,80}$/)])
  })
})
