import { chmod, lstat, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { GrantsError } from '@particle-grants/core'
import { findLeaks } from '@particle-grants/test-kit'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { temporaryFolder } from '../test/temporary-folder.ts'
import { type NewParticleCliSignIn, particleCliProfile } from './particle-cli.ts'

const token = '0123456789abcdef0123456789abcdef01234567'
const other = 'fedcba9876543210fedcba9876543210fedcba98'
const never = '9999-12-31T23:59:59.999Z'
const end = '2026-12-01T12:00:00.000Z'

/** The settings of particle-cli. It writes them with an indent of two spaces and no line end. */
const settings = {
  profile_json: { nested: ['kept', 1.5, null] },
  username: 'dev@example.com',
  apiUrl: 'https://api.particle.io',
  access_token: token,
  access_token_expires_at: end,
  disableUpdateCheck: true,
  last_version_check: 1_795_000_000_000,
}

const signIn: NewParticleCliSignIn = {
  accessToken: other,
  expiresAt: Date.parse('2027-01-01T00:00:00Z'),
  clientKind: 'developer',
  apiUrl: 'https://api.particle.io/',
}

async function createHome(files: Readonly<Record<string, unknown>> = {}) {
  const folder = await temporaryFolder()
  const particle = join(folder, '.particle')
  // The mode that particle-cli uses.
  await mkdir(particle, { mode: 0o755 })
  for (const [name, content] of Object.entries(files)) {
    const text = typeof content === 'string' ? content : JSON.stringify(content, null, 2)
    await writeFile(join(particle, name), text, { mode: 0o600 })
  }
  const file = join(particle, 'particle.config.json')
  return { folder, particle, file, profile: particleCliProfile({ home: folder }) }
}

afterEach(() => {
  vi.unstubAllEnvs()
})

describe.runIf(process.platform !== 'win32')('a folder that every user can write', () => {
  it.each([0o777, 0o757])('is neither read nor written, with mode %o', async (mode) => {
    const { profile, particle, file } = await createHome({ 'particle.config.json': settings })
    await chmod(particle, mode)
    const before = await readFile(file, 'utf8')
    const rejection = {
      code: 'store_unavailable',
      message: expect.stringContaining(`Run chmod o-w "${particle}".`),
    }
    await expect(profile.read()).rejects.toMatchObject(rejection)
    await expect(profile.write(signIn)).rejects.toMatchObject(rejection)
    await expect(profile.remove()).rejects.toMatchObject(rejection)
    expect(await readFile(file, 'utf8')).toBe(before)
  })
})

describe('read', () => {
  it('returns the sign-in of particle-cli', async () => {
    const { profile, file } = await createHome({ 'particle.config.json': settings })
    const found = await profile.read()
    expect(found).toMatchObject({
      expiresAt: Date.parse(end),
      username: 'dev@example.com',
      apiUrl: 'https://api.particle.io',
    })
    expect(found?.accessToken.reveal()).toBe(token)
    expect(findLeaks(found, [token])).toEqual([])
    expect(await profile.path()).toBe(file)
  })

  it.each([
    ['null, if the response said 0', { access_token_expires_at: null }, null],
    ['the year 9999, for a token that never expires', { access_token_expires_at: never }, null],
    ['nothing, from an old particle-cli', { access_token_expires_at: undefined }, undefined],
    ['something else', { access_token_expires_at: 'soon' }, undefined],
    ['a number', { access_token_expires_at: 7_776_000 }, undefined],
  ])('returns the recorded expiry: %s', async (_, recorded, expected) => {
    const { profile } = await createHome({ 'particle.config.json': { ...settings, ...recorded } })
    expect((await profile.read())?.expiresAt).toBe(expected)
  })

  it.each([
    ['a folder without files', {}],
    ['settings without a token', { 'particle.config.json': { apiUrl: 'https://api.particle.io' } }],
    ['a log-out', { 'particle.config.json': { ...settings, access_token: null } }],
  ])('returns undefined for %s', async (_, files) => {
    const { profile } = await createHome(files)
    expect(await profile.read()).toBeUndefined()
    expect(await profile.remove()).toBe(false)
  })

  it('returns undefined without a folder, and creates none', async () => {
    const folder = await temporaryFolder()
    expect(await particleCliProfile({ home: folder }).read()).toBeUndefined()
    expect(await readdir(folder)).toEqual([])
  })

  it('returns api.particle.io unless the profile has another URL', async () => {
    const { profile } = await createHome({ 'particle.config.json': { access_token: token } })
    expect(await profile.read()).toMatchObject({ apiUrl: 'https://api.particle.io', username: undefined })
  })
})

describe('write', () => {
  it('changes both keys of the token and nothing else, in the format of particle-cli', async () => {
    const { profile, file } = await createHome({ 'particle.config.json': settings })
    await profile.write(signIn)
    expect(await readFile(file, 'utf8')).toBe(
      JSON.stringify(
        { ...settings, access_token: other, access_token_expires_at: '2027-01-01T00:00:00.000Z' },
        null,
        2,
      ),
    )
  })

  it('adds both keys, and the username if it is given', async () => {
    const { profile, file } = await createHome({ 'particle.config.json': { access_token: token } })
    await profile.write({ ...signIn, username: 'new@example.com' })
    expect(JSON.parse(await readFile(file, 'utf8'))).toEqual({
      access_token: other,
      access_token_expires_at: '2027-01-01T00:00:00.000Z',
      username: 'new@example.com',
    })
  })

  it('creates the folder with mode 0700 and the file with mode 0600 where particle-cli never ran', async () => {
    const folder = await temporaryFolder()
    const profile = particleCliProfile({ home: folder })
    await profile.write(signIn)
    expect((await stat(join(folder, '.particle'))).mode & 0o777).toBe(0o700)
    expect((await stat(await profile.path())).mode & 0o777).toBe(0o600)
    expect((await profile.read())?.accessToken.reveal()).toBe(other)
  })

  it('keeps the mode of the folder and closes the file to other users', async () => {
    const { profile, particle, file } = await createHome({ 'particle.config.json': settings })
    await chmod(file, 0o644)
    await profile.write(signIn)
    expect((await stat(particle)).mode & 0o777).toBe(0o755)
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    await chmod(file, 0o644)
    await profile.read()
    expect((await stat(file)).mode & 0o777).toBe(0o600)
  })

  it('leaves no other file with a token, and removes those of killed writers', async () => {
    const { profile, particle } = await createHome({
      'particle.config.json': settings,
      '.particle.config.json.01234567-89ab-cdef-0123-456789abcdef.tmp': settings,
      'other.config.json': { access_token: token },
    })
    await profile.write(signIn)
    expect((await readdir(particle)).sort()).toEqual([
      '.particle-grants-locks',
      'other.config.json',
      'particle.config.json',
    ])
  })

  it('keeps a symbolic link in place of the file', async () => {
    const { profile, file } = await createHome()
    const target = join(await temporaryFolder(), 'dotfile.json')
    await writeFile(target, JSON.stringify(settings))
    await symlink(target, file)
    await profile.write(signIn)
    expect((await lstat(file)).isSymbolicLink()).toBe(true)
    expect(JSON.parse(await readFile(target, 'utf8'))).toMatchObject({
      access_token: other,
      username: 'dev@example.com',
    })
  })

  it('loses nothing when several processes write at once', async () => {
    const { folder, file } = await createHome({ 'particle.config.json': settings })
    await Promise.all(
      Array.from({ length: 6 }, (_, index) =>
        particleCliProfile({ home: folder }).write({ ...signIn, username: `${index}@example.com` }),
      ),
    )
    expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({
      access_token: other,
      disableUpdateCheck: true,
    })
  })

  const invalid: [string, Partial<NewParticleCliSignIn>, string][] = [
    ['a product’s token', { clientKind: 'product' }, 'clientKind'],
    ['a user client’s token', { clientKind: 'user' }, 'clientKind'],
    ['a token that never expires', { expiresAt: Number.POSITIVE_INFINITY }, 'expiresAt'],
    ['a token that never expires, as particle-cli records it', { expiresAt: Date.parse(never) }, 'expiresAt'],
    ['an invalid time', { expiresAt: Number.NaN }, 'expiresAt'],
    ['a token of another cloud', { apiUrl: 'http://127.0.0.1:8080' }, 'apiUrl'],
    ['an empty token', { accessToken: '' }, 'accessToken'],
    ['a token with spaces', { accessToken: 'a b\n' }, 'accessToken'],
  ]
  it.each(invalid)('rejects %s, and changes nothing', async (_, part, parameter) => {
    const { profile, file } = await createHome({ 'particle.config.json': settings })
    const before = await readFile(file, 'utf8')
    const thrown = await profile.write({ ...signIn, ...part }).catch((reason: unknown) => reason)
    expect(thrown).toMatchObject({ code: 'invalid_argument', details: { parameter } })
    expect(findLeaks(thrown, [other, token])).toEqual([])
    expect(await readFile(file, 'utf8')).toBe(before)
  })

  it.each([
    ['not JSON', `{"access_token": "${token}"`],
    ['a list', `["${token}"]`],
    ['empty', ''],
  ])('rejects settings that cannot be read, and leaves them unchanged: %s', async (_, text) => {
    const { profile, file } = await createHome({ 'particle.config.json': text })
    for (const attempt of [() => profile.read(), () => profile.write(signIn), () => profile.remove()]) {
      const thrown: unknown = await attempt().catch((reason: unknown) => reason)
      if (!GrantsError.isInstance(thrown)) throw thrown
      expect(thrown).toMatchObject({
        code: 'store_unavailable',
        details: { problem: `${file} contains no settings` },
      })
      expect(findLeaks(thrown, [token, other])).toEqual([])
    }
    expect(await readFile(file, 'utf8')).toBe(text)
  })
})

describe('remove', () => {
  it('empties both keys as particle-cli does, and keeps the rest', async () => {
    const { profile, file } = await createHome({ 'particle.config.json': settings })
    expect(await profile.remove()).toBe(true)
    expect(JSON.parse(await readFile(file, 'utf8'))).toEqual({
      ...settings,
      access_token: null,
      access_token_expires_at: null,
    })
  })

  it('keeps a token that is not the given one', async () => {
    const { profile } = await createHome({ 'particle.config.json': settings })
    expect(await profile.remove({ ifAccessToken: other })).toBe(false)
    expect((await profile.read())?.accessToken.reveal()).toBe(token)
    expect(await profile.remove({ ifAccessToken: token })).toBe(true)
  })
})

describe('path', () => {
  it('is the file of the current profile, or of the given one', async () => {
    const files = { 'profile.json': { name: 'staging' }, 'staging.config.json': { access_token: token } }
    const { profile, folder, particle } = await createHome(files)
    expect(await profile.path()).toBe(join(particle, 'staging.config.json'))
    const found = await profile.read()
    expect(found?.accessToken.reveal()).toBe(token)
    expect(await particleCliProfile({ home: folder, profile: 'particle' }).read()).toBeUndefined()
  })

  it.each([{}, { name: '' }, { name: null }])(
    'is the file of the profile “particle” if profile.json contains %o',
    async (content) => {
      const { profile, file } = await createHome({ 'profile.json': content })
      expect(await profile.path()).toBe(file)
    },
  )

  it('rejects an unknown option, and removes no token then', async () => {
    expect(() => particleCliProfile({ profil: 'work' } as object)).toThrow(
      'profil is not an option here. Known: profile, home, readOnly.',
    )
    const { profile, file } = await createHome({ 'particle.config.json': settings })
    const before = await readFile(file, 'utf8')
    await expect(profile.remove({ ifAccesToken: 'another' } as object)).rejects.toMatchObject({
      code: 'invalid_argument',
      message: 'ifAccesToken is not an option here. Known: ifAccessToken.',
    })
    expect(await readFile(file, 'utf8')).toBe(before)
  })

  it('never leads out of the folder', async () => {
    for (const name of ['../x', 'a/b', 'a\\b', '', 'a\u0000']) {
      const { folder } = await createHome()
      await expect(particleCliProfile({ home: folder, profile: name }).read()).rejects.toMatchObject({
        code: 'invalid_argument',
      })
    }
    const { profile } = await createHome({ 'profile.json': { name: '../../x' } })
    await expect(profile.read()).rejects.toMatchObject({ code: 'store_unavailable' })
  })

  it('is in the first home folder that exists, in the order of particle-cli', async () => {
    const [first, second] = [await temporaryFolder(), await temporaryFolder()]
    const pathNow = () => particleCliProfile().path()
    for (const name of ['home', 'HOME', 'HOMEPATH', 'USERPROFILE']) vi.stubEnv(name, '/nowhere/at/all')
    await expect(pathNow()).rejects.toMatchObject({ code: 'store_unavailable' })
    const expected = (folder: string) => join(folder, '.particle', 'particle.config.json')
    for (const name of ['USERPROFILE', 'HOMEPATH', 'HOME', 'home']) {
      vi.stubEnv(name, first)
      expect(await pathNow()).toBe(expected(first))
      vi.stubEnv(name, second)
      expect(await pathNow()).toBe(expected(second))
      vi.stubEnv(name, first)
    }
    vi.stubEnv('home', '')
    vi.stubEnv('HOME', second)
    expect(await pathNow()).toBe(expected(second))
  })
})
