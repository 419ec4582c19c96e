import { type FileHandle, open, readdir, symlink, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { processLock } from '@particle-grants/process-lock'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { temporaryFolder } from '../test/temporary-folder.ts'
import { defaultDirectory, fileStore } from './index.ts'

describe('the file store', () => {
  it('makes nothing before its first use', async () => {
    const above = await temporaryFolder()
    const store = fileStore({ directory: join(above, 'sessions') })
    expect(await readdir(above)).toEqual([])
    expect(await store.load('session-a')).toBeUndefined()
    expect(await readdir(above)).toEqual(['sessions'])
  })

  it('refuses keys that are none, so that none leads out of its folder', async () => {
    const directory = await temporaryFolder()
    const store = fileStore({ directory })
    for (const key of ['', '..', '../x', 'a/b', 'a.json', 'Session', 'a b', 'x'.repeat(81)]) {
      const refused = { code: 'invalid_argument', details: { parameter: 'key' } }
      await expect(store.load(key)).rejects.toMatchObject(refused)
      await expect(store.save(key, 'value', null)).rejects.toMatchObject(refused)
      await expect(store.remove(key, null)).rejects.toMatchObject(refused)
      await expect(store.exclusively(key, async () => {})).rejects.toMatchObject(refused)
    }
    expect(await readdir(directory)).toEqual([])
  })

  it('gives up on a lock in the time that was set, and says so', async () => {
    const directory = await temporaryFolder()
    const patient = fileStore({ directory })
    const hasty = fileStore({ directory, timeout: 20 })
    await patient.exclusively('session-a', async () => {
      const thrown = await hasty.exclusively('session-a', async () => {}).catch((reason: unknown) => reason)
      expect(thrown).toMatchObject({ code: 'lock_timeout', details: { key: 'session-a' } })
    })
    const writes = processLock({ directory: join(directory, 'locks', 'writes') })
    await writes.exclusively('session-a', async () => {
      await expect(hasty.save('session-a', 'a', null)).rejects.toMatchObject({ code: 'lock_timeout' })
      await expect(hasty.remove('session-a', null)).rejects.toMatchObject({ code: 'lock_timeout' })
      expect(await hasty.load('session-a')).toBeUndefined()
    })
  })

  it('passes on a time-out of the task’s own as it is', async () => {
    const directory = await temporaryFolder()
    const store = fileStore({ directory, timeout: 5 })
    const inner = store.exclusively('session-a', () =>
      fileStore({ directory, timeout: 5 }).exclusively('session-a', async () => {}),
    )
    await expect(inner).rejects.toMatchObject({ code: 'lock_timeout' })
    const failure = Object.assign(new Error('the task’s own'), { code: 'ENOSPC' })
    await expect(store.exclusively('session-a', () => Promise.reject(failure))).rejects.toBe(failure)
  })

  it.runIf(process.platform !== 'win32')(
    'never changes a file, so that a reader has one record whole',
    async () => {
      const directory = await temporaryFolder()
      const store = fileStore({ directory })
      const version = await store.save('session-a', 'old', null)
      const reader = await open(join(directory, 'session-a.json'))
      onTestFinished(() => reader.close())
      await store.save('session-a', 'new', version)
      expect(JSON.parse(await reader.readFile('utf8'))).toEqual({ format: 1, version, value: 'old' })
    },
  )

  it.runIf(process.platform !== 'win32')(
    'has bytes and name on the disk before a save resolves',
    async () => {
      const directory = await temporaryFolder()
      const probe = await open(directory)
      await probe.close()
      const synced: string[] = []
      const sync = vi.spyOn(Object.getPrototypeOf(probe), 'sync').mockImplementation(async function (
        this: FileHandle,
      ) {
        const isFolder = (await this.stat()).isDirectory()
        const names = (await readdir(directory)).filter((name) => name !== 'locks')
        synced.push(
          `${isFolder ? 'folder' : 'file'} with ${names.map((name) => name.replace(/\..{36}\./, '.'))}`,
        )
      })
      onTestFinished(() => sync.mockRestore())
      const store = fileStore({ directory })
      const version = await store.save('session-a', 'a', null)
      await store.remove('session-a', version)
      expect(synced).toEqual(['file with .session-a.tmp', 'folder with session-a.json', 'folder with '])
    },
  )

  it('can be used again after its folder could not be made', async () => {
    const above = await temporaryFolder()
    const directory = join(above, 'sessions')
    await symlink(above, directory)
    const store = fileStore({ directory })
    await expect(store.load('session-a')).rejects.toMatchObject({ code: 'store_unavailable' })
    await unlink(directory)
    await store.save('session-a', 'a', null)
  })
})

describe('the folder by default', () => {
  it.each([
    ['linux', {}, '/home/me/.local/state/particle-grants/sessions'],
    ['linux', { XDG_STATE_HOME: '/state' }, '/state/particle-grants/sessions'],
    ['linux', { XDG_STATE_HOME: 'state' }, '/home/me/.local/state/particle-grants/sessions'],
    ['linux', { XDG_STATE_HOME: '' }, '/home/me/.local/state/particle-grants/sessions'],
    ['darwin', { XDG_STATE_HOME: '/state' }, '/home/me/Library/Application Support/particle-grants/sessions'],
    ['win32', { LOCALAPPDATA: '/local' }, '/local/particle-grants/sessions'],
    ['win32', {}, '/home/me/AppData/Local/particle-grants/sessions'],
  ] as const)('of %s with %o is %s', (platform, env, expected) => {
    expect(defaultDirectory({ platform, env, home: '/home/me' })).toBe(expected)
  })

  it('is this user’s', () => {
    expect(defaultDirectory()).toMatch(/particle-grants.sessions$/)
  })
})
