import { chmodSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { FakeKeyring, ownFolder } from '../test/stores.ts'
import { keyringStore } from './keyring-store.ts'
import { settingsOf } from './options.ts'

describe('a record', () => {
  it('is one entry, beside one for the index, with nothing but the value under its key', async () => {
    const keyring = new FakeKeyring()
    const version = await keyring.store().save('session-a', 'a value', null)
    expect([...keyring.secrets.keys()].sort()).toEqual(['index-0', 'record-session-a'])
    expect(String(keyring.secrets.get('record-session-a'))).toBe(`particle-grants 1 ${version}\na value`)
    expect(String(keyring.secrets.get('index-0'))).not.toContain('a value')
  })

  it('that was named in the index but never written, or removed by hand, is not listed', async () => {
    const keyring = new FakeKeyring()
    const store = keyring.store()
    await store.save('session-a', 'a', null)
    await store.save('session-b', 'b', null)
    keyring.secrets.delete('record-session-a')
    expect(await store.list()).toEqual(['session-b'])
    keyring.before = (call) => {
      if (call === 'write record-session-c') throw new Error('full')
    }
    await expect(store.save('session-c', 'c', null)).rejects.toMatchObject({ code: 'store_unavailable' })
    expect(await store.list()).toEqual(['session-b'])
  })

  it('is never out of sight: its name is in the index before it is written', async () => {
    const keyring = new FakeKeyring()
    keyring.before = (call) => {
      if (call === 'write index-0') throw new Error('full')
    }
    await expect(keyring.store().save('session-a', 'a', null)).rejects.toMatchObject({
      code: 'store_unavailable',
    })
    expect([...keyring.secrets.keys()]).toEqual([])
  })

  it('that is damaged is kept aside until it is removed, and another one takes its place', async () => {
    for (const bytes of [Buffer.from('{"foreign":true}'), Buffer.from([0xff, 0xfe]), Buffer.alloc(0)]) {
      const keyring = new FakeKeyring()
      const store = keyring.store()
      await store.save('session-a', 'a', null)
      keyring.secrets.set('record-session-a', bytes)
      await expect(store.save('session-a', 'b', null)).rejects.toMatchObject({ code: 'store_conflict' })
      await expect(store.load('session-a')).rejects.toMatchObject({
        code: 'store_damaged',
        details: {
          place: 'the keyring entry record-session-a of particle-grants',
          keptAt: 'the keyring entry damaged-session-a of particle-grants',
        },
      })
      expect(keyring.secrets.get('damaged-session-a')).toEqual(bytes)
      expect(await store.load('session-a')).toBeUndefined()
      expect(await store.list()).toEqual([])
      const version = await store.save('session-a', 'new', null)
      expect(await store.list()).toEqual(['session-a'])
      await store.remove('session-a', version)
      expect([...keyring.secrets.keys()]).toEqual([])
    }
  })

  it('of a newer version is said to be one, and left where it is', async () => {
    const keyring = new FakeKeyring()
    const store = keyring.store()
    const newer = Buffer.from('particle-grants 2 whatever comes')
    keyring.secrets.set('record-session-a', newer)
    await expect(store.load('session-a')).rejects.toMatchObject({
      code: 'store_damaged',
      details: { problem: expect.stringContaining('newer'), keptAt: undefined },
    })
    await expect(store.save('session-a', 'a', null)).rejects.toMatchObject({ code: 'store_conflict' })
    await expect(store.remove('session-a', null)).rejects.toMatchObject({ code: 'store_conflict' })
    expect(keyring.secrets.get('record-session-a')).toBe(newer)
  })

  it('is written under a lock: two processes that share the folder never both win', async () => {
    const keyring = new FakeKeyring()
    const directory = ownFolder()
    // A keyring that is slow between reading and writing.
    keyring.before = () => new Promise((resolve) => setImmediate(resolve))
    const stores = [1, 2, 3, 4].map(() => keyring.store({ directory }))
    const outcomes = await Promise.allSettled(stores.map((store, n) => store.save('session-a', `${n}`, null)))
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  })
})

describe('options', () => {
  it('that can not be meant are refused at once', () => {
    const wrong = { service: '../x', timeout: 0, lockTimeout: 2 ** 31 }
    for (const [parameter, value] of Object.entries(wrong)) {
      expect(() => keyringStore({ [parameter]: value })).toThrow(
        expect.objectContaining({
          code: 'invalid_argument',
          details: expect.objectContaining({ parameter }),
        }),
      )
    }
  })

  it('have a limit of 3 s for a call, and a folder for locks that is told apart by service', () => {
    const { timeout, directory } = settingsOf({})
    expect(timeout).toBe(3_000)
    expect(directory).toMatch(/particle-grants.keyring-locks.particle-grants$/)
    expect(settingsOf({ service: 'mine' }).directory).toMatch(/keyring-locks.mine$/)
  })

  it('name a folder that is made private, or refused where others may enter', async () => {
    const keyring = new FakeKeyring()
    const directory = join(ownFolder(), 'locks')
    await keyring.store({ directory }).save('session-a', 'a', null)
    if (process.platform === 'win32') return
    expect(statSync(directory).mode & 0o777).toBe(0o700)
    chmodSync(directory, 0o755)
    await expect(keyring.store({ directory }).save('session-b', 'b', null)).rejects.toMatchObject({
      code: 'store_unavailable',
      details: { problem: expect.stringContaining(directory), advice: expect.stringContaining('chmod') },
    })
  })
})
