import { type FileHandle, open, readdir, symlink, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { processLock } from '@particle-grants/process-lock'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { temporaryFolder } from '../test/temporary-folder.ts'
import { defaultDirectory, fileStore } from './index.ts'

describe('fileStore', () => {
  it('creates nothing before its first use', async () => {
    const parent = await temporaryFolder()
    const store = fileStore({ directory: join(parent, 'sessions') })
    expect(await readdir(parent)).toEqual([])
    expect(await store.load('session-a')).toBeUndefined()
    expect(await readdir(parent)).toEqual(['sessions'])
  })

  it('belongs to one person', () => {
    expect(fileStore().singleUser).toBe(true)
  })

  it('rejects an unknown option, and a string', () => {
    const message = 'is not an option here. Known: directory, lockTimeoutMs.'
    expect(() => fileStore({ folder: '/tmp/x' } as object)).toThrow(
      expect.objectContaining({ code: 'invalid_argument', message: `folder ${message}` }),
    )
    expect(() => fileStore('/tmp/x' as unknown as object)).toThrow(message)
  })

  it('rejects invalid keys, so that none leads out of its folder', async () => {
    const directory = await temporaryFolder()
    const store = fileStore({ directory })
    for (const key of ['', '..', '../x', 'a/b', 'a.json', 'Session', 'a b', 'x'.repeat(81)]) {
      const rejection = { code: 'invalid_argument', details: { parameter: 'key' } }
      await expect(store.load(key)).rejects.toMatchObject(rejection)
      await expect(store.save(key, 'value', null)).rejects.toMatchObject(rejection)
      await expect(store.remove(key, null)).rejects.toMatchObject(rejection)
      await expect(store.withLock(key, async () => {})).rejects.toMatchObject(rejection)
    }
    expect(await readdir(directory)).toEqual([])
  })

  it('removes the files of expired records that are never loaded again, and no other', async () => {
    const directory = await temporaryFolder()
    const listRecords = async () => (await readdir(directory)).filter((name) => name.endsWith('.json')).sort()
    const store = fileStore({ directory })
    await store.save('session-a', 'stays', null)
    await store.save('session-b', 'expires later', null, Date.now() + 60_000_000)
    await store.save('session-c', 'expired', null, Date.now() - 1)
    await store.save('session-d', 'expired', null, Date.now() - 1)
    expect(await listRecords()).toHaveLength(4)
    // As another program, or an hour later.
    await fileStore({ directory }).save('session-e', 'expires later', null, Date.now() + 60_000_000)
    expect(await listRecords()).toEqual(['session-a.json', 'session-b.json', 'session-e.json'])
  })

  it('keeps the file of an expired record while another process saves under its key', async () => {
    const directory = await temporaryFolder()
    const store = fileStore({ directory })
    await store.save('session-c', 'expires later', null, Date.now() + 60_000_000)
    await store.save('session-a', 'expired', null, Date.now() - 1)
    const writes = processLock({ directory: join(directory, 'locks', 'writes') })
    await writes.withLock('session-a', async () => {
      await fileStore({ directory }).save('session-b', 'b', null, Date.now() + 60_000_000)
      expect(await readdir(directory)).toContain('session-a.json')
    })
  })

  it('rejects with lock_timeout if a lock stays taken', async () => {
    const directory = await temporaryFolder()
    const holder = fileStore({ directory })
    const other = fileStore({ directory, lockTimeoutMs: 20 })
    await holder.withLock('session-a', async () => {
      const thrown = await other.withLock('session-a', async () => {}).catch((reason: unknown) => reason)
      expect(thrown).toMatchObject({
        code: 'lock_timeout',
        details: { key: 'session-a', waitedMs: expect.any(Number) },
        message: expect.stringMatching(/^Another process held the lock on session-a for \d+ ms\. Try again\.$/),
      })
    })
    const writes = processLock({ directory: join(directory, 'locks', 'writes') })
    await writes.withLock('session-a', async () => {
      await expect(other.save('session-a', 'a', null)).rejects.toMatchObject({ code: 'lock_timeout' })
      await expect(other.remove('session-a', null)).rejects.toMatchObject({ code: 'lock_timeout' })
      expect(await other.load('session-a')).toBeUndefined()
    })
  })

  it('rejects with the error of the task unchanged', async () => {
    const directory = await temporaryFolder()
    const store = fileStore({ directory, lockTimeoutMs: 5 })
    const inner = store.withLock('session-a', () =>
      fileStore({ directory, lockTimeoutMs: 5 }).withLock('session-a', async () => {}),
    )
    await expect(inner).rejects.toMatchObject({ code: 'lock_timeout' })
    const failure = Object.assign(new Error('an error of the task'), { code: 'ENOSPC' })
    await expect(store.withLock('session-a', () => Promise.reject(failure))).rejects.toBe(failure)
  })

  it.runIf(process.platform !== 'win32')(
    'never changes a file in place, so that a reader sees one complete record',
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

  it.runIf(process.platform !== 'win32')('has synced the bytes and the name when a save resolves', async () => {
    const directory = await temporaryFolder()
    const probe = await open(directory)
    await probe.close()
    const synced: string[] = []
    const sync = vi.spyOn(Object.getPrototypeOf(probe), 'sync').mockImplementation(async function (this: FileHandle) {
      const isFolder = (await this.stat()).isDirectory()
      const names = (await readdir(directory)).filter((name) => name !== 'locks')
      synced.push(`${isFolder ? 'folder' : 'file'} with ${names.map((name) => name.replace(/\..{36}\./, '.'))}`)
    })
    onTestFinished(() => sync.mockRestore())
    const store = fileStore({ directory })
    const version = await store.save('session-a', 'a', null)
    await store.remove('session-a', version)
    expect(synced).toEqual(['file with .session-a.json.tmp', 'folder with session-a.json', 'folder with '])
  })

  it('can be used after its folder could not be created', async () => {
    const parent = await temporaryFolder()
    const directory = join(parent, 'sessions')
    await symlink(parent, directory)
    const store = fileStore({ directory })
    await expect(store.load('session-a')).rejects.toMatchObject({ code: 'store_unavailable' })
    await unlink(directory)
    await store.save('session-a', 'a', null)
  })
})

describe('defaultDirectory', () => {
  it.each([
    ['linux', {}, '/home/me/.local/state/particle-grants/sessions'],
    ['linux', { XDG_STATE_HOME: '/state' }, '/state/particle-grants/sessions'],
    ['linux', { XDG_STATE_HOME: 'state' }, '/home/me/.local/state/particle-grants/sessions'],
    ['linux', { XDG_STATE_HOME: '' }, '/home/me/.local/state/particle-grants/sessions'],
    ['darwin', { XDG_STATE_HOME: '/state' }, '/home/me/Library/Application Support/particle-grants/sessions'],
    ['win32', { LOCALAPPDATA: '/local' }, '/local/particle-grants/sessions'],
    ['win32', {}, '/home/me/AppData/Local/particle-grants/sessions'],
  ] as const)('on %s with %o is %s', (platform, env, expected) => {
    expect(defaultDirectory({ platform, env, home: '/home/me' })).toBe(expected)
  })

  it('belongs to this user', () => {
    expect(defaultDirectory()).toMatch(/particle-grants.sessions$/)
  })
})
