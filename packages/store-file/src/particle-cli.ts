import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type OAuthClient, Secret } from '@particle-grants/core'
import { changeSettings, readSettings, type Settings } from './particle-cli-settings.ts'
import { invalidArgument, unavailable } from './store-errors.ts'

export interface ParticleCliProfileOptions {
  /** @default the current profile, from `~/.particle/profile.json` */
  readonly profile?: string
  /** The home folder. @default the first of `home`, `HOME`, `HOMEPATH` and `USERPROFILE` that exists */
  readonly home?: string
  /** `read` changes nothing, not even the mode of a file that is open to other users. @default false */
  readonly readOnly?: boolean
}

/** A sign-in as particle-cli stores it. */
export interface ParticleCliSignIn {
  readonly accessToken: Secret
  /** Milliseconds since 1970; `null`: never expires; `undefined`: particle-cli did not record it. */
  readonly expiresAt: number | null | undefined
  readonly username: string | undefined
  /** Where particle-cli sends the token of this profile. */
  readonly apiUrl: string
}

/** A sign-in for particle-cli to use. */
export interface NewParticleCliSignIn {
  readonly accessToken: string | Secret
  /** Milliseconds since 1970. A token that never expires is not written to a file. */
  readonly expiresAt: number
  /** The kind of the client that requested the token. particle-cli can use developer clients only. */
  readonly clientKind: OAuthClient['kind']
  /** Where the token is valid. Must be where the profile sends it. */
  readonly apiUrl: string
  /** @default unchanged */
  readonly username?: string
}

/**
 * A profile of particle-cli: `~/.particle/<profile>.config.json`. Revoking its token signs out particle-cli as well.
 */
export interface ParticleCliProfile {
  /** Returns the path of the file, for messages. */
  path(): Promise<string>
  /** Returns the sign-in, or `undefined` if there is none. */
  read(): Promise<ParticleCliSignIn | undefined>
  /** Writes the token and the username. All other settings stay. */
  write(signIn: NewParticleCliSignIn): Promise<void>
  /** Empties the token as `particle logout` does, with `ifAccessToken` only this one. Returns whether it did. */
  remove(options?: { readonly ifAccessToken?: string | Secret }): Promise<boolean>
}

/** particle-cli records this time for a token that never expires. */
const neverExpires = '9999-12-31T23:59:59.999Z'
const defaultApiUrl = 'https://api.particle.io'
/** The variables that particle-cli reads, in its order. */
const homeVariables = ['home', 'HOME', 'HOMEPATH', 'USERPROFILE'] as const

/** Opens a profile of particle-cli. Nothing is read before the first call, and each call reads the file again. */
export function particleCliProfile(options: ParticleCliProfileOptions = {}): ParticleCliProfile {
  const closes = options.readOnly !== true
  const path = () => findProfilePath(options)
  return {
    path,
    async read() {
      return parseSignIn((await readSettings(await path(), closes)) ?? {})
    },
    async write(signIn) {
      assertWritable(signIn)
      await changeSettings(await path(), (settings) => withSignIn(settings, signIn))
    },
    async remove({ ifAccessToken } = {}) {
      const file = await path()
      if ((await readSettings(file)) === undefined) return false
      return changeSettings(file, (settings) => {
        const current = settings.access_token
        if (typeof current !== 'string') return undefined
        if (ifAccessToken !== undefined && current !== reveal(ifAccessToken)) return undefined
        return { ...settings, access_token: null, access_token_expires_at: null }
      })
    },
  }
}

async function findProfilePath({ profile, home, readOnly }: ParticleCliProfileOptions): Promise<string> {
  const folder = join(home ?? findHome(), '.particle')
  const name = profile ?? (await readCurrentProfile(folder, readOnly !== true))
  if (!isFileName(name)) throw invalidArgument('profile', 'must be a valid file name')
  return join(folder, `${name}.config.json`)
}

/** Returns the first home folder that exists. */
function findHome(): string {
  const home = homeVariables.map((name) => process.env[name]).find((folder) => folder && existsSync(folder))
  if (home !== undefined) return home
  throw unavailable({
    store: 'particle-cli',
    problem: `none of ${homeVariables.join(', ')} is a folder that exists`,
    advice: 'Set HOME, or pass the home folder.',
  })
}

async function readCurrentProfile(folder: string, closes: boolean): Promise<string> {
  const path = join(folder, 'profile.json')
  const name = (await readSettings(path, closes))?.name || 'particle'
  if (typeof name === 'string' && isFileName(name)) return name
  throw unavailable({
    store: 'particle-cli',
    problem: `${path} contains no valid profile name`,
    advice: 'Choose a profile with particle-cli (particle config <name>), or pass its name.',
  })
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: file names must not contain them
const isFileName = (name: string): boolean => /^[^/\\\u0000-\u001f]+$/.test(name)

function parseSignIn(settings: Settings): ParticleCliSignIn | undefined {
  const { access_token: accessToken, access_token_expires_at: expiry, username } = settings
  if (typeof accessToken !== 'string' || accessToken === '') return undefined
  return {
    accessToken: new Secret(accessToken),
    expiresAt: parseExpiry(expiry),
    username: typeof username === 'string' ? username : undefined,
    apiUrl: parseApiUrl(settings),
  }
}

function parseExpiry(value: unknown): number | null | undefined {
  if (value === null || value === neverExpires) return null
  const time = typeof value === 'string' ? Date.parse(value) : Number.NaN
  return Number.isNaN(time) ? undefined : time
}

function parseApiUrl({ apiUrl }: Settings): string {
  return typeof apiUrl === 'string' && apiUrl !== '' ? apiUrl : defaultApiUrl
}

function withSignIn(settings: Settings, signIn: NewParticleCliSignIn): Settings {
  const { accessToken, expiresAt, username, apiUrl } = signIn
  if (!isSameUrl(parseApiUrl(settings), apiUrl)) {
    throw invalidArgument('apiUrl', `is not where this profile sends its token (${parseApiUrl(settings)})`)
  }
  return {
    ...settings,
    ...(username === undefined ? {} : { username }),
    // Always both: particle-cli would drop a new token beside an old expiry.
    access_token: reveal(accessToken),
    access_token_expires_at: new Date(expiresAt).toISOString(),
  }
}

function assertWritable({ accessToken, expiresAt, clientKind }: NewParticleCliSignIn): void {
  if (clientKind !== 'developer') {
    throw invalidArgument('clientKind', 'must be developer: particle-cli cannot use tokens of other clients')
  }
  if (!(expiresAt > 0 && expiresAt < Date.parse(neverExpires))) {
    throw invalidArgument('expiresAt', 'must be a time: a token that never expires is not written to a file')
  }
  if (!/^[\x21-\x7e]+$/.test(reveal(accessToken))) throw invalidArgument('accessToken', 'is not a token')
}

function reveal(secret: string | Secret): string {
  return typeof secret === 'string' ? secret : secret.reveal()
}

function isSameUrl(one: string, other: string): boolean {
  return URL.canParse(one) && URL.canParse(other) && new URL(one).href === new URL(other).href
}
