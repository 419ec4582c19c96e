import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { productClient, type SignInSession } from '@particle-grants/core'
import { createSandbox, type Sandbox } from '@particle-grants/sandbox'
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { type DefaultSessionOptions, defaultSession, describeCredentials } from './index.ts'
import { type SignIn, Stores } from './profiles.ts'
import { Connections, createClient, saveClientSecret } from './sessions.ts'

const particle = 'https://api.particle.io'
const windows = process.platform === 'win32'

let home: string
let sandbox: Sandbox
let env: Record<string, string>

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'particle-grants-node-'))
  onTestFinished(() => rmSync(home, { recursive: true, force: true, maxRetries: 10 }))
  sandbox = createSandbox()
  env = { HOME: home, USERPROFILE: home, LOCALAPPDATA: join(home, 'state'), XDG_STATE_HOME: join(home, 'state') }
})

const folder = () =>
  readdirSync(home, { recursive: true })
    .map(String)
    .find((name) => name.endsWith('sessions'))
const sessions = () => join(home, folder() ?? '')
const connections = () => new Connections(() => ({ fetch: sandbox.fetch }), new Stores(stateFolder()))
const stateFolder = () =>
  process.platform === 'darwin'
    ? join(home, 'Library/Application Support/particle-grants/sessions')
    : join(home, 'state/particle-grants/sessions')

/** Signs in to a profile as pgrants does, with the public developer client. */
async function signIn(profile: string, { username = 'dev@example.com', expiresIn = 3600, baseUrl = particle } = {}) {
  const { stores, profiles } = connections()
  const store = await stores.get('file')
  let key = ''
  const keyed = {
    ...store,
    save: (...args: Parameters<typeof store.save>) => {
      if (args[0].startsWith('session-')) key = args[0]
      return store.save(...args)
    },
  }
  const client = createClient({ kind: 'developer', id: 'particle' }, '')
  const own = { baseUrl, subject: `account:${username}` }
  const session = new Connections(() => ({ fetch: sandbox.fetch })).createSignInSession(own, {
    profile,
    client,
    store: keyed,
  })
  await (session as SignInSession).login({ username, password: 'correct horse', expiresIn })
  const saved: SignIn = { ...own, client: { kind: 'developer', id: 'particle' }, store: 'file', key }
  await profiles.change(({ profiles: others }) => ({
    active: profile,
    profiles: { ...others, [profile]: { signIn: saved } },
  }))
  return saved
}

/** Writes a profile of particle-cli. */
function writeParticleCli(settings: object, name = 'particle', mode = 0o600) {
  const path = join(home, '.particle')
  mkdirSync(path, { recursive: true, mode: 0o755 })
  if (name !== 'particle') writeFileSync(join(path, 'profile.json'), JSON.stringify({ name }), { mode: 0o600 })
  const file = join(path, `${name}.config.json`)
  writeFileSync(file, JSON.stringify(settings), { mode })
  chmodSync(file, mode)
  return file
}

const inKeyring: SignIn = {
  baseUrl: particle,
  client: { kind: 'developer', id: 'particle' },
  subject: 'account:dev@example.com',
  store: 'keyring',
  key: 'session-a',
}

const open = (options: DefaultSessionOptions = {}) => defaultSession({ env, fetch: sandbox.fetch, ...options })
const token = 'a'.repeat(40)

/** Runs a task while this process can read the folder and cannot write there. For root, who can always write, as another user. */
async function withoutWriting(folder: string, task: () => Promise<void>): Promise<void> {
  const paths = [folder, ...readdirSync(folder, { recursive: true }).map((name) => join(folder, String(name)))]
  const other = 65_534
  const isRoot = process.geteuid?.() === 0
  for (const path of paths) {
    if (isRoot) chownSync(path, other, other)
    chmodSync(path, statSync(path).mode & 0o555)
  }
  if (isRoot) process.seteuid?.(other)
  try {
    await task()
  } finally {
    if (isRoot) process.seteuid?.(0)
    for (const path of paths) chmodSync(path, statSync(path).mode | 0o200)
  }
}

/** The error of a call, and what it says. */
async function fail(options: DefaultSessionOptions = {}) {
  const described = await describeCredentials({ env, fetch: sandbox.fetch, ...options })
  const thrown = await open(options).catch((reason: unknown) => reason)
  expect(described.source).toBeUndefined()
  return thrown as { code: string; message: string; details: Record<string, unknown> }
}

describe('defaultSession', () => {
  it('uses the active profile of pgrants, calls the API with its token, and has no logout', async () => {
    await signIn('work')
    const session = await open()
    expect(session.source).toEqual({
      type: 'profile',
      profile: 'work',
      store: 'file',
      baseUrl: particle,
      description: 'profile work (dev@example.com)',
    })
    expect(session.state.status).toBe('signed_in')
    expect((await session.fetch('/v1/devices')).status).toBe(200)
    expect(Object.keys(session)).not.toContain('logout')
    expect(sandbox.requests().filter(({ path }) => path === '/oauth/token')).toHaveLength(1)
  })

  it('prefers a token in the environment, and then reads no file', async () => {
    await signIn('work')
    writeFileSync(join(sessions(), 'profiles.json'), '{"half')
    const session = await open({ env: { ...env, PARTICLE_AUTH: ` ${token}\n` } })
    expect(session.source).toMatchObject({ type: 'token', variable: 'PARTICLE_AUTH', baseUrl: particle })
    expect(await session.getAccessToken()).toBe(token)
    expect(readFileSync(join(sessions(), 'profiles.json'), 'utf8')).toBe('{"half')
  })

  it('uses a client of the environment before a profile, and renews with it', async () => {
    await signIn('work')
    const client = { PARTICLE_CLIENT_ID: 'my-product-1234', PARTICLE_CLIENT_SECRET: 'product-secret' }
    const session = await open({ env: { ...env, ...client } })
    expect(session.source).toMatchObject({ type: 'client', clientId: 'my-product-1234', kind: 'product' })
    const first = await session.getAccessToken()
    session.invalidateToken(first)
    expect(await session.getAccessToken()).not.toBe(first)
  })

  it('renews the token of a product profile, and saves it for other programs', async () => {
    const { stores, profiles } = connections()
    const store = await stores.get('file')
    const client = productClient({ id: 'my-product-1234', secret: 'product-secret' })
    const saved: SignIn = {
      baseUrl: particle,
      client: { kind: 'product', id: client.id },
      subject: 'owner',
      store: 'file',
      key: 'session-none',
    }
    await saveClientSecret(saved, client, store)
    await profiles.change(() => ({ active: 'product', profiles: { product: { signIn: saved } } }))
    const first = await (await open()).getAccessToken()
    expect(await (await open()).getAccessToken()).toBe(first)
  })

  it('uses a profile that is named before everything else, also where CI is set', async () => {
    await signIn('work')
    await signIn('home')
    const session = await open({ profile: 'work', env: { ...env, PARTICLE_AUTH: token, CI: 'true' } })
    expect(session.source).toMatchObject({ type: 'profile', profile: 'work' })
  })

  it('uses the profile that PARTICLE_GRANTS_PROFILE names, otherwise the active one', async () => {
    await signIn('work')
    await signIn('home')
    expect((await open()).source).toMatchObject({ profile: 'home' })
    const named = await open({ env: { ...env, PARTICLE_GRANTS_PROFILE: 'work' } })
    expect(named.source).toMatchObject({ profile: 'work' })
  })

  it('uses particle-cli if pgrants was never signed in', async () => {
    writeParticleCli({ access_token: token, username: 'dev@example.com' })
    const session = await open()
    expect(session.source).toMatchObject({ type: 'particle-cli', description: 'particle-cli (dev@example.com)' })
    expect(await session.getAccessToken()).toBe(token)
  })

  it("sends the token of particle-cli's staging profile to the staging server only", async () => {
    const apiUrl = 'https://staging.particle.io'
    writeParticleCli({ access_token: token, apiUrl }, 'staging')
    expect((await open()).source).toMatchObject({ type: 'particle-cli', baseUrl: apiUrl })
    expect(await fail({ baseUrl: particle })).toMatchObject({ code: 'signed_in_elsewhere' })
  })

  it.skipIf(windows)('changes nothing in the folder of particle-cli, not even a mode', async () => {
    const file = writeParticleCli({ access_token: token }, 'particle', 0o644)
    await open()
    expect(statSync(file).mode & 0o777).toBe(0o644)
    expect(readdirSync(join(home, '.particle'))).toEqual(['particle.config.json'])
    expect(existsSync(join(home, 'state'))).toBe(false)
  })
})

describe('a source that exists', () => {
  beforeEach(() => void writeParticleCli({ access_token: token }))

  it('is an error that names it when its token has expired', async () => {
    await signIn('work', { expiresIn: 10 })
    const clock = { now: () => Date.now() + 3_600_000 }
    expect(await fail({ clock })).toMatchObject({
      code: 'reauthentication_required',
      message: expect.stringContaining('profile work (dev@example.com)'),
    })
  })

  it('is an error that names it when its record was removed', async () => {
    const { key } = await signIn('work')
    rmSync(join(sessions(), `${key}.json`))
    const { code, message } = await fail()
    expect([code, message]).toEqual(['not_signed_in', expect.stringContaining('profile work')])
  })

  it('is an error when the profile is removed between the choice and the use', async () => {
    const { key } = await signIn('work')
    const removing = {
      now() {
        rmSync(join(sessions(), `${key}.json`), { force: true })
        return Date.now()
      },
    }
    expect(await open({ clock: removing }).catch((thrown: unknown) => thrown)).toMatchObject({ code: 'not_signed_in' })
  })

  it('is an error when the last profile has signed out', async () => {
    await signIn('work')
    await connections().profiles.change(() => ({ profiles: {} }))
    expect(await fail()).toMatchObject({ code: 'not_signed_in' })
  })

  it('is an error that names it when its record is damaged', async () => {
    const { key } = await signIn('work')
    writeFileSync(join(sessions(), `${key}.json`), '{"half')
    const thrown = await open().catch((reason: unknown) => reason)
    expect(thrown).toMatchObject({ code: 'store_damaged', message: expect.stringContaining('profile work') })
    expect(await fail()).toMatchObject({ code: 'not_signed_in' })
  })

  it('is an error when the list of profiles is damaged, at the first call and at the next one', async () => {
    await signIn('work')
    writeFileSync(join(sessions(), 'profiles.json'), '{"half')
    expect(await open().catch((reason: unknown) => reason)).toMatchObject({ code: 'store_damaged' })
    expect(await fail()).toMatchObject({ code: 'not_signed_in', message: expect.stringContaining('damaged') })
  })

  it('is an error when the keyring of its profile does not respond', async () => {
    const { profiles } = connections()
    await profiles.change(() => ({ active: 'work', profiles: { work: { signIn: inKeyring } } }))
    const before = process.env.DBUS_SESSION_BUS_ADDRESS
    process.env.DBUS_SESSION_BUS_ADDRESS = 'unix:path=/nowhere'
    try {
      const thrown = await fail()
      expect(thrown).toMatchObject({ code: 'store_unavailable', details: { store: 'keyring' } })
      expect(thrown.message).toContain('profile work (dev@example.com)')
    } finally {
      if (before === undefined) delete process.env.DBUS_SESSION_BUS_ADDRESS
      else process.env.DBUS_SESSION_BUS_ADDRESS = before
    }
  })

  it('is an error when the options or the environment name another base URL', async () => {
    await signIn('work')
    const elsewhere = 'https://api.example.com'
    for (const options of [{ baseUrl: elsewhere }, { env: { ...env, PARTICLE_GRANTS_BASE_URL: elsewhere } }]) {
      expect(await fail(options)).toMatchObject({
        code: 'signed_in_elsewhere',
        details: { property: 'baseUrl', expected: particle, given: elsewhere },
      })
    }
  })

  it('is an error when the profile that is named does not exist', async () => {
    await signIn('work')
    const details = { profile: 'wrok', profiles: ['work'] }
    expect(await fail({ profile: 'wrok' })).toMatchObject({ code: 'unknown_profile', details })
    expect(await fail({ env: { ...env, PARTICLE_GRANTS_PROFILE: 'wrok' } })).toMatchObject({ code: 'unknown_profile' })
  })

  it('is an error when particle-cli is signed out, or its token has expired', async () => {
    const file = writeParticleCli({ access_token: null })
    expect(await fail()).toMatchObject({ code: 'not_signed_in', message: expect.stringContaining(file) })
    writeParticleCli({ access_token: token, access_token_expires_at: '2020-01-01T00:00:00.000Z' })
    expect(await fail()).toMatchObject({ code: 'reauthentication_required', message: expect.stringContaining(file) })
  })

  it('is an error when particle-cli has no settings in its file', async () => {
    writeFileSync(join(home, '.particle/particle.config.json'), '{"half')
    expect(await fail()).toMatchObject({ code: 'store_unavailable', details: { store: 'particle-cli' } })
  })
})

describe('the environment', () => {
  it.each([
    ['two tokens that differ', { PARTICLE_ACCESS_TOKEN: token, PARTICLE_AUTH: 'b'.repeat(40) }, 'two different tokens'],
    ['a token beside a profile', { PARTICLE_AUTH: token, PARTICLE_GRANTS_PROFILE: 'work' }, 'names a profile'],
    ['an id without its secret', { PARTICLE_CLIENT_ID: 'my-product-1234' }, 'without PARTICLE_CLIENT_SECRET'],
    ['a secret without its id', { PARTICLE_CLIENT_SECRET: 'planted' }, 'without PARTICLE_CLIENT_ID'],
    ['a token with a newline in it', { PARTICLE_AUTH: `${token}\n${token}` }, 'PARTICLE_AUTH must be one token'],
    [
      'a kind of client that does not exist',
      { PARTICLE_CLIENT_ID: 'a', PARTICLE_CLIENT_SECRET: 'b', PARTICLE_CLIENT_KIND: 'x' },
      'must be product or user',
    ],
    ['an unknown source', { PARTICLE_GRANTS_CREDENTIALS: 'tokens' }, 'must be a comma list'],
  ])('is an error with %s, although a profile is signed in', async (_, variables, message) => {
    await signIn('work')
    const thrown = await open({ env: { ...env, ...variables } }).catch((reason: unknown) => reason)
    expect(thrown).toMatchObject({ code: 'invalid_argument', message: expect.stringContaining(message) })
    expect(String(thrown)).not.toContain(token)
  })

  it('is empty with an empty token', async () => {
    await signIn('work')
    expect((await open({ env: { ...env, PARTICLE_ACCESS_TOKEN: ' ' } })).source.type).toBe('profile')
  })

  it('decides where its token is sent, and the option baseUrl does not', async () => {
    const own = { ...env, PARTICLE_AUTH: token, PARTICLE_GRANTS_BASE_URL: 'https://staging.particle.io/' }
    expect((await open({ env: own })).source.baseUrl).toBe('https://staging.particle.io')
    expect(await fail({ env: own, baseUrl: particle })).toMatchObject({ code: 'signed_in_elsewhere' })
    expect(await fail({ env: { ...env, PARTICLE_AUTH: token }, baseUrl: 'https://staging.particle.io' })).toMatchObject(
      {
        code: 'signed_in_elsewhere',
      },
    )
  })

  it('is the only source where CI is set', async () => {
    await signIn('work')
    const { code, message } = await fail({ env: { ...env, CI: 'true' } })
    expect(code).toBe('no_credentials')
    expect(message).toContain('profile is not looked at, because CI is set')
    expect((await open({ env: { ...env, CI: 'true' }, sources: 'profile' })).source.type).toBe('profile')
    expect((await open({ env: { ...env, CI: 'false' } })).source.type).toBe('profile')
  })

  it('restricts and reorders the sources, and the option goes before it', async () => {
    await signIn('work')
    const both = { ...env, PARTICLE_AUTH: token, PARTICLE_GRANTS_CREDENTIALS: 'profile, token' }
    expect((await open({ env: both })).source.type).toBe('profile')
    expect((await open({ env: both, sources: 'env' })).source.type).toBe('token')
    writeParticleCli({ access_token: token })
    expect((await open({ sources: 'particle-cli,profile' })).source.type).toBe('particle-cli')
  })
})

describe('with nothing', () => {
  it('names each place that was looked at, and what signs in', async () => {
    const { code, message, details } = await fail()
    expect(code).toBe('no_credentials')
    expect(details).toMatchObject({ command: ['auth', 'login'] })
    expect(details.places).toHaveLength(4)
    for (const place of ['PARTICLE_ACCESS_TOKEN', 'PARTICLE_CLIENT_ID', 'profiles.json', '.particle']) {
      expect(message).toContain(place)
    }
    expect(readdirSync(home)).toEqual([])
  })
})

describe('a machine', () => {
  it('without a home folder has only the environment', async () => {
    const homeless = { HOME: '', USERPROFILE: '', LOCALAPPDATA: '', XDG_STATE_HOME: '' }
    const { code, message } = await fail({ env: homeless })
    expect(code).toBe('no_credentials')
    expect(message).toContain('this user has no home folder')
    expect((await open({ env: { ...homeless, PARTICLE_AUTH: token } })).source.type).toBe('token')
  })

  it('whose home folder is no folder has only the environment', async () => {
    writeFileSync(join(home, 'file'), '')
    const nowhere = join(home, 'file/home')
    const { code } = await fail({ env: { HOME: nowhere, USERPROFILE: nowhere, LOCALAPPDATA: nowhere } })
    expect(code).toBe('no_credentials')
  })

  it.skipIf(windows)(
    'with a read-only home folder reads a profile, and says why it cannot save a new token',
    async () => {
      await signIn('work', { expiresIn: 60 })
      await signIn('later')
      await withoutWriting(home, async () => {
        const session = await open({ profile: 'later' })
        expect((await session.fetch('/v1/devices')).status).toBe(200)
        const { error } = await describeCredentials({ env })
        expect(error).toBeUndefined()
      })
    },
  )

  it('without the package of the keyring store says what to install for a profile that is stored there', async () => {
    vi.doMock('@particle-grants/store-keyring', () => {
      throw new Error('Cannot find package')
    })
    onTestFinished(() => vi.doUnmock('@particle-grants/store-keyring'))
    await connections().profiles.change(() => ({ active: 'work', profiles: { work: { signIn: inKeyring } } }))
    const { code, message } = await fail()
    expect(code).toBe('store_unavailable')
    expect(message).toContain('profile work (dev@example.com)')
    expect(message).toContain('Install it beside @particle-grants/node.')
  })
})

describe.skipIf(windows)('files that another user could have written', () => {
  it.each(['profiles.json', ''])('are refused: pgrants, %j', async (name) => {
    await signIn('work')
    chmodSync(join(sessions(), name), name === '' ? 0o770 : 0o666)
    expect(await fail()).toMatchObject({ code: 'store_unavailable', message: expect.stringContaining('chmod') })
  })

  it('are refused: a link in place of the folder or the list', async () => {
    await signIn('work')
    const list = join(sessions(), 'profiles.json')
    const target = join(home, 'target.json')
    writeFileSync(target, readFileSync(list), { mode: 0o600 })
    rmSync(list)
    symlinkSync(target, list)
    expect(await fail()).toMatchObject({ code: 'store_unavailable', message: expect.stringContaining('symbolic link') })
  })

  it.each([
    ['the folder', ''],
    ['the settings', 'particle.config.json'],
  ])('are refused: %s of particle-cli', async (_, name) => {
    writeParticleCli({ access_token: token })
    chmodSync(join(home, '.particle', name), 0o775)
    expect(await fail()).toMatchObject({ code: 'store_unavailable', details: { store: 'particle-cli' } })
  })
})

describe('describeCredentials', () => {
  it('says what is used, why the others are not, and no secret', async () => {
    await signIn('work')
    writeParticleCli({ access_token: 'c'.repeat(40) })
    const secrets = {
      PARTICLE_AUTH: token,
      PARTICLE_CLIENT_ID: 'my-product-1234',
      PARTICLE_CLIENT_SECRET: 'product-secret',
    }
    const report = await describeCredentials({ env: { ...env, ...secrets } })
    expect(report.source).toMatchObject({ type: 'token', variable: 'PARTICLE_AUTH' })
    expect(report.sources.map(({ type, status }) => [type, status])).toEqual([
      ['token', 'used'],
      ['client', 'not_used'],
      ['profile', 'not_used'],
      ['particle-cli', 'not_used'],
    ])
    expect(report.sources[1]?.reason).toContain('pgrants itself does not use it')
    expect(report.sources[2]?.reason).toContain('profile work (dev@example.com)')
    expect(JSON.stringify(report)).not.toMatch(/a{40}|c{40}|product-secret/)
    expect(sandbox.requests().filter(({ path }) => path !== '/oauth/token')).toEqual([])
  })

  it('has the error that defaultSession throws', async () => {
    const report = await describeCredentials({ env })
    expect(report).toMatchObject({ source: undefined, error: { code: 'no_credentials' } })
    expect(report.sources.every(({ status }) => status === 'missing')).toBe(true)
  })
})
