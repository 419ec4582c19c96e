import { join } from 'node:path'
import { type ClientKind, GrantsError, Secret, type SecretInput } from '@particle-grants/core'
import { unavailable } from '../failures.ts'
import { settingsFolder } from './home.ts'
import { changeSettings, readSettings, type Settings } from './settings-file.ts'

/** Which profile of particle-cli is meant. */
export interface ParticleCliProfileOptions {
  /** @default the one that particle-cli uses now, by `~/.particle/profile.json` */
  readonly profile?: string
  /** The home folder. @default the first of `home`, `HOME`, `HOMEPATH` and `USERPROFILE` that exists */
  readonly home?: string
}

/** A sign-in as particle-cli keeps it. */
export interface ParticleCliSignIn {
  readonly accessToken: Secret
  /** Milliseconds since 1970; `null`: never; `undefined`: particle-cli didn't note it. */
  readonly expiresAt: number | null | undefined
  readonly username: string | undefined
  /** Where particle-cli sends the token of this profile. */
  readonly apiUrl: string
}

/** A sign-in for particle-cli to use. */
export interface NewParticleCliSignIn {
  readonly accessToken: SecretInput
  /** Milliseconds since 1970. A token that never expires is none for a file. */
  readonly expiresAt: number
  /** Of the client that the token was issued to: a developer's only. */
  readonly clientKind: ClientKind
  /** Where the token is good. It has to be where the profile sends it. */
  readonly apiUrl: string
  /** @default the one that is there stays */
  readonly username?: string
}

/** A profile of particle-cli's: `~/.particle/<profile>.config.json`. Logging out revokes for both programs. */
export interface ParticleCliProfile {
  /** The file, for messages. */
  path(): Promise<string>
  /** The sign-in, or nothing when there is none. */
  read(): Promise<ParticleCliSignIn | undefined>
  /** Keeps a sign-in. All settings but those of the token and the name stay as they are. */
  write(signIn: NewParticleCliSignIn): Promise<void>
  /** Forgets the token as particle-cli's log-out does. With a token named: only that one. Tells whether it did. */
  remove(options?: { readonly ifAccessToken?: SecretInput }): Promise<boolean>
}

/** What particle-cli writes after it asked about a token that never expires. */
const never = '9999-12-31T23:59:59.999Z'
const defaultApiUrl = 'https://api.particle.io'

/** A profile of particle-cli's. Nothing is read before the first call, and each call looks again. */
export function particleCliProfile(options: ParticleCliProfileOptions = {}): ParticleCliProfile {
  const path = () => profilePath(options)
  return {
    path,
    async read() {
      return signInOf((await readSettings(await path())) ?? {})
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
        if (ifAccessToken !== undefined && current !== revealed(ifAccessToken)) return undefined
        return { ...settings, access_token: null, access_token_expires_at: null }
      })
    },
  }
}

async function profilePath({ profile, home }: ParticleCliProfileOptions): Promise<string> {
  const folder = await settingsFolder(home, process.env)
  if (profile === undefined) return join(folder, `${await currentProfile(folder)}.config.json`)
  if (isFileName(profile)) return join(folder, `${profile}.config.json`)
  throw new GrantsError('invalid_argument', { parameter: 'profile', problem: 'is no name of a file' })
}

async function currentProfile(folder: string): Promise<string> {
  const path = join(folder, 'profile.json')
  const name = (await readSettings(path))?.name || 'particle'
  if (typeof name === 'string' && isFileName(name)) return name
  throw unavailable({
    store: 'particle-cli',
    problem: `${path} names no profile`,
    advice: 'Choose one with particle-cli (particle config <name>), or name the profile.',
  })
}

function isFileName(name: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: no name has one
  return /^[^/\\\u0000-\u001f]+$/.test(name)
}

function signInOf(settings: Settings): ParticleCliSignIn | undefined {
  const { access_token: accessToken, username } = settings
  if (typeof accessToken !== 'string' || accessToken === '') return undefined
  return {
    accessToken: new Secret(accessToken),
    expiresAt: expiryOf(settings.access_token_expires_at),
    username: typeof username === 'string' ? username : undefined,
    apiUrl: apiUrlOf(settings),
  }
}

function expiryOf(noted: unknown): number | null | undefined {
  if (noted === null || noted === never) return null
  const time = typeof noted === 'string' ? Date.parse(noted) : Number.NaN
  return Number.isNaN(time) ? undefined : time
}

function apiUrlOf({ apiUrl }: Settings): string {
  return typeof apiUrl === 'string' && apiUrl !== '' ? apiUrl : defaultApiUrl
}

function withSignIn(settings: Settings, signIn: NewParticleCliSignIn): Settings {
  const { accessToken, expiresAt, username, apiUrl } = signIn
  if (!sameUrl(apiUrlOf(settings), apiUrl)) {
    throw invalid('apiUrl', `is not where this profile sends its token (${apiUrlOf(settings)})`)
  }
  return {
    ...settings,
    ...(username === undefined ? {} : { username }),
    // Always both: an old end beside a new token would make particle-cli drop it.
    access_token: revealed(accessToken),
    access_token_expires_at: new Date(expiresAt).toISOString(),
  }
}

function assertWritable({ accessToken, expiresAt, clientKind }: NewParticleCliSignIn): void {
  if (clientKind !== 'developer')
    throw invalid('clientKind', "is not a developer's: particle-cli uses no other")
  if (!(expiresAt > 0 && expiresAt < Date.parse(never))) {
    throw invalid('expiresAt', 'is no time: a token that never expires is not written')
  }
  if (!/^[\x21-\x7e]+$/.test(revealed(accessToken))) throw invalid('accessToken', 'is no token')
}

function invalid(parameter: string, problem: string): GrantsError<'invalid_argument'> {
  return new GrantsError('invalid_argument', { parameter, problem })
}

function revealed(secret: SecretInput): string {
  return typeof secret === 'string' ? secret : secret.reveal()
}

function sameUrl(one: string, other: string): boolean {
  return URL.canParse(one) && URL.canParse(other) && new URL(one).href === new URL(other).href
}
