import { chmod, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { GrantsError } from '@particle-grants/core'
import { findLeaks } from '@particle-grants/test-kit'
import { describe, expect, it } from 'vitest'
import { temporaryFolder } from '../test/temporary-folder.ts'
import { fileStore } from './index.ts'

const secret = 'planted-5ecret-value'
const whole = JSON.stringify({ format: 1, version: 'v', value: secret })

const damages: Record<string, { bytes: string | Uint8Array; problem: string }> = {
  'that is empty': { bytes: '', problem: 'it is empty' },
  'that was cut off': { bytes: whole.slice(0, -9), problem: 'it is not JSON, or was cut off' },
  'with something after it': { bytes: `${whole}${whole}`, problem: 'it is not JSON, or was cut off' },
  'that is not UTF-8': {
    bytes: Buffer.concat([Buffer.from(whole.slice(0, -2)), Buffer.from([0xff, 0xfe, 0x22, 0x7d])]),
    problem: 'it is not JSON, or was cut off',
  },
  'of zeros, as after a crash of the machine': {
    bytes: new Uint8Array(200),
    problem: 'it is not JSON, or was cut off',
  },
  'that contains something else': { bytes: `"${secret}"`, problem: 'it is not a record' },
  'that contains null': { bytes: 'null', problem: 'it is not a record' },
  'without a format': { bytes: `["${secret}"]`, problem: 'it has no format' },
  'without a version': {
    bytes: JSON.stringify({ format: 1, value: secret }),
    problem: 'it has no version',
  },
  'without a value': {
    bytes: JSON.stringify({ format: 1, version: 'v', values: secret }),
    problem: 'it has no value',
  },
}

describe('a damaged record', () => {
  for (const [name, { bytes, problem }] of Object.entries(damages)) {
    it(`${name} is reported, moved, and removed with its key`, async () => {
      const directory = await temporaryFolder()
      const store = fileStore({ directory })
      const other = await store.save('session-b', 'other', null)
      const place = join(directory, 'session-a.json')
      await writeFile(place, bytes)
      const thrown: unknown = await store.load('session-a').catch((reason: unknown) => reason)
      if (!GrantsError.isInstance(thrown) || thrown.code !== 'store_damaged') throw thrown
      expect(thrown.details).toEqual({
        place,
        problem,
        keptAt: expect.stringContaining(`${place.slice(0, -5)}.damaged-`),
      })
      expect(findLeaks(thrown, [secret])).toEqual([])
      const { keptAt = '' } = thrown.details
      expect(Buffer.compare(await readFile(keptAt), Buffer.from(bytes))).toBe(0)
      expect((await stat(keptAt)).mode & 0o777).toBe(0o600)

      // The key can be used again, and no other record is lost.
      expect(await store.load('session-a')).toBeUndefined()
      expect(await store.load('session-b')).toEqual({ version: other, value: 'other' })
      const version = await store.save('session-a', 'new', null)
      expect(Buffer.compare(await readFile(keptAt), Buffer.from(bytes))).toBe(0)
      await store.remove('session-a', version)
      expect((await readdir(directory)).sort()).toEqual(['locks', 'session-b.json'])
    })
  }

  it('is reported and moved by the first save, too', async () => {
    const directory = await temporaryFolder()
    await writeFile(join(directory, 'session-a.json'), 'damaged')
    const store = fileStore({ directory })
    await expect(store.save('session-a', 'new', null)).rejects.toMatchObject({ code: 'store_damaged' })
    await store.save('session-a', 'new', null)
    expect((await readdir(directory)).filter((name) => name.includes('.damaged-'))).toHaveLength(1)
  })

  it('is removed without a version, together with the moved ones', async () => {
    const directory = await temporaryFolder()
    const store = fileStore({ directory })
    for (const text of ['damaged', 'damaged again']) {
      await writeFile(join(directory, 'session-a.json'), text)
      if (text === 'damaged') await store.load('session-a').catch(() => {})
    }
    await store.remove('session-a', null)
    expect((await readdir(directory)).filter((name) => name.startsWith('session-a'))).toEqual([])
  })

  it('is removed without the damaged record of another key', async () => {
    const directory = await temporaryFolder()
    const store = fileStore({ directory })
    for (const key of ['session-a', 'session-a-b']) {
      await writeFile(join(directory, `${key}.json`), 'damaged')
      await store.load(key).catch(() => {})
    }
    await store.remove('session-a', null)
    const left = (await readdir(directory)).filter((name) => name.includes('damaged'))
    expect(left).toEqual([expect.stringMatching(/^session-a-b\.damaged-/)])
  })
})

describe('a record with another format', () => {
  it.each([
    [2, 'Update @particle-grants/store-file, or use another folder.'],
    [0, 'Open it with the version that wrote it, or use another folder.'],
  ])('%i is reported, and neither moved, replaced nor removed', async (format, advice) => {
    const directory = await temporaryFolder()
    const store = fileStore({ directory })
    const place = join(directory, 'session-a.json')
    const text = JSON.stringify({ format, sealed: secret })
    await writeFile(place, text, { mode: 0o600 })
    const attempts = [
      () => store.load('session-a'),
      () => store.save('session-a', 'new', null),
      () => store.remove('session-a', null),
      () => store.remove('session-a', 'any'),
    ]
    for (const attempt of attempts) {
      const thrown: unknown = await attempt().catch((reason: unknown) => reason)
      const problem = `${place} has format ${format}, and this version reads format 1 only`
      expect(thrown).toMatchObject({
        code: 'store_unavailable',
        details: { problem },
        message: `The file store cannot be used: ${problem}. ${advice}`,
      })
      expect(findLeaks(thrown, [secret])).toEqual([])
    }
    expect(await readFile(place, 'utf8')).toBe(text)
  })
})

describe('fileStore', () => {
  it('does not follow a symbolic link in place of a record', async () => {
    const directory = await temporaryFolder()
    const store = fileStore({ directory })
    const target = join(await temporaryFolder(), 'target')
    await writeFile(target, whole)
    const place = join(directory, 'session-a.json')
    await symlink(target, place)
    const attempts = [
      () => store.load('session-a'),
      () => store.save('session-a', 'new', null),
      () => store.save('session-a', 'new', 'v'),
      () => store.remove('session-a', 'v'),
    ]
    for (const attempt of attempts) {
      await expect(attempt()).rejects.toMatchObject({
        code: 'store_unavailable',
        details: { problem: `${place} is a symbolic link` },
        message: `The file store cannot be used: ${place} is a symbolic link. Remove it.`,
      })
    }
    expect(await readFile(target, 'utf8')).toBe(whole)
  })

  it('reports a folder in place of a record', async () => {
    const directory = await temporaryFolder()
    await mkdir(join(directory, 'session-a.json'))
    await expect(fileStore({ directory }).load('session-a')).rejects.toMatchObject({
      details: { problem: `${directory}/session-a.json is not a file` },
    })
  })

  it('reports a symbolic link in place of the store’s folder', async () => {
    const directory = join(await temporaryFolder(), 'link')
    await symlink(await temporaryFolder(), directory)
    await expect(fileStore({ directory }).save('session-a', 'a', null)).rejects.toMatchObject({
      details: { problem: `${directory} is a symbolic link` },
    })
  })
})

describe('temporary files of killed writers', () => {
  const temporaryName = () => `.session-a.json.${crypto.randomUUID()}.tmp`

  it('are removed at the first use of a store, and no other files are', async () => {
    const directory = await temporaryFolder()
    await writeFile(join(directory, temporaryName()), secret)
    await writeFile(join(directory, '.session-a.json.notes.tmp'), 'a file of the user')
    await fileStore({ directory }).load('session-b')
    expect((await readdir(directory)).sort()).toEqual(['.session-a.json.notes.tmp', 'locks'])
  })
})

describe('file modes', () => {
  it('are 0700 and 0600, with any umask and any earlier mode', async () => {
    const directory = join(await temporaryFolder(), 'state', 'sessions')
    const before = process.umask(0)
    try {
      const store = fileStore({ directory })
      const version = await store.save('session-a', 'a', null)
      const file = join(directory, 'session-a.json')
      expect((await stat(file)).mode & 0o777).toBe(0o600)
      for (const folder of ['', '..', 'locks', 'locks/writes']) {
        expect((await stat(join(directory, folder))).mode & 0o777).toBe(0o700)
      }
      await chmod(file, 0o644)
      await store.load('session-a')
      expect((await stat(file)).mode & 0o777).toBe(0o600)
      await chmod(file, 0o666)
      await store.save('session-a', 'b', version)
      expect((await stat(file)).mode & 0o777).toBe(0o600)
    } finally {
      process.umask(before)
    }
  })
})
