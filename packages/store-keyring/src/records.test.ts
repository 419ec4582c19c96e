import { chmodSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createTestFolder, FakeKeyring } from '../test/stores.ts'
import { keyringStore } from './keyring-store.ts'
import { resolveOptions } from './options.ts'

describe('a keyring record', () => {
  it('is one entry with the version and the value', async () => {
    const keyring = new FakeKeyring()
    const version = await keyring.store().save('session-a', 'a value', null)
    expect([...keyring.secrets.keys()]).toEqual(['record-session-a'])
    expect(String(keyring.secrets.get('record-session-a'))).toBe(`particle-grants 1 ${version}\na value`)
  })

  it('that is damaged is moved and can be replaced, until it is removed', async () => {
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
      const version = await store.save('session-a', 'new', null)
      await store.remove('session-a', version)
      expect([...keyring.secrets.keys()]).toEqual([])
    }
  })

  it('that has expired is removed by the next load, and takes 14 bytes more until then', async () => {
    const keyring = new FakeKeyring()
    const store = keyring.store()
    const version = await store.save('session-a', 'a value', null, 1_700_000_000_000)
    expect(String(keyring.secrets.get('record-session-a'))).toBe(`particle-grants 1 ${version} 1700000000000\na value`)
    expect(await store.load('session-a')).toBeUndefined()
    expect([...keyring.secrets.keys()]).toEqual([])
  })

  it('belongs to one person', () => {
    expect(new FakeKeyring().store().singleUser).toBe(true)
  })

  it('of a newer version is reported and stays where it is', async () => {
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

  it('is written under a lock: of several processes only one can save', async () => {
    const keyring = new FakeKeyring()
    const directory = createTestFolder()
    // A keyring that is slow between a read and a write.
    keyring.before = () => new Promise((resolve) => setImmediate(resolve))
    const stores = [1, 2, 3, 4].map(() => keyring.store({ directory }))
    const outcomes = await Promise.allSettled(stores.map((store, n) => store.save('session-a', `${n}`, null)))
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  })
})

describe('options of keyringStore', () => {
  it('are rejected at once if they are invalid', () => {
    const wrong = { service: '../x', timeoutMs: 0, lockTimeoutMs: 2 ** 31 }
    for (const [parameter, value] of Object.entries(wrong)) {
      expect(() => keyringStore({ [parameter]: value })).toThrow(
        expect.objectContaining({
          code: 'invalid_argument',
          details: expect.objectContaining({ parameter }),
        }),
      )
    }
  })

  it('are rejected if they are unknown', () => {
    expect(() => keyringStore({ servise: 'mine' } as object)).toThrow(
      expect.objectContaining({
        code: 'invalid_argument',
        message: 'servise is not an option here. Known: service, directory, timeoutMs, lockTimeoutMs.',
      }),
    )
  })

  it('default to 3 s per call and a folder for locks per service', () => {
    const { timeoutMs, directory } = resolveOptions({})
    expect(timeoutMs).toBe(3_000)
    expect(directory).toMatch(/particle-grants.keyring-locks.particle-grants$/)
    expect(resolveOptions({ service: 'mine' }).directory).toMatch(/keyring-locks.mine$/)
  })

  it('name a folder that is created private, and rejected if it is open to others', async () => {
    const keyring = new FakeKeyring()
    const directory = join(createTestFolder(), 'locks')
    await keyring.store({ directory }).save('session-a', 'a', null)
    if (process.platform === 'win32') return
    expect(statSync(directory).mode & 0o777).toBe(0o700)
    chmodSync(directory, 0o755)
    await expect(keyring.store({ directory }).save('session-b', 'b', null)).rejects.toMatchObject({
      code: 'store_unavailable',
      details: { problem: expect.stringContaining(directory) },
      message: expect.stringContaining('Run chmod 700'),
    })
  })
})
