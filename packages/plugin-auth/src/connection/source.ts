import { Secret } from '@particle-grants/core'
import { isHeaderSafe, parseBaseUrl, particleUrl } from '@particle-grants/core/protocol'
import { CliError, isGrantsError } from '../errors/cli-error.ts'
import {
  assertProfile,
  getActiveProfile,
  isProfileName,
  type Profile,
  type ProfileList,
  profileNameRule,
  type SignIn,
  type StoreName,
  storeNames,
} from './profiles.ts'

/** The flags that choose the connection. */
export interface ConnectionFlags {
  readonly profile?: string | undefined
  readonly 'base-url'?: string | undefined
  readonly store?: StoreName | undefined
}

/** The environment variables that may hold a token. The first one that is set is used. */
export const tokenVariables = ['PARTICLE_ACCESS_TOKEN', 'PARTICLE_AUTH'] as const
export type TokenVariable = (typeof tokenVariables)[number]

/** A token from the environment. It is sent to Particle only, unless a flag or the environment names another base URL. */
export interface EnvironmentSource {
  readonly from: 'environment'
  readonly variable: TokenVariable
  readonly accessToken: Secret
  readonly baseUrl: string
}

/** A profile, and what chose it. */
export interface ProfileSource {
  readonly from: 'profile'
  readonly chosenBy: 'flag' | 'environment' | 'profiles'
  readonly name: string
  /** Whether it is the profile that is used without `--profile`. */
  readonly isActive: boolean
  /** Undefined: the profile does not exist yet. */
  readonly profile: Profile | undefined
  /** From a flag or the environment; undefined: the profile's own. */
  readonly baseUrl: string | undefined
  readonly store: StoreName | undefined
}

/** Where the token comes from. Flags go before the environment, and that goes before profiles. */
export type Source = EnvironmentSource | ProfileSource

/** Returns the token variable that is set, if any. */
export function findTokenVariable(): TokenVariable | undefined {
  return tokenVariables.find((name) => getVariable(name) !== undefined)
}

/** Finds where the token comes from. It does not read the keyring, nor any file if the environment has a token. */
export async function findSource(flags: ConnectionFlags, profiles: ProfileList): Promise<Source> {
  const variable = findTokenVariable()
  if (flags.profile !== undefined || variable === undefined) return findExistingProfile(flags, profiles)
  const accessToken = new Secret(getVariable(variable) ?? '')
  if (!isHeaderSafe(accessToken.reveal())) {
    throw new CliError('usage', {
      what: `${variable} must be one token, without spaces or "Bearer".`,
      remedy: 'Set it to a token, or unset it.',
    })
  }
  return { from: 'environment', variable, accessToken, baseUrl: findBaseUrl(flags) ?? particleUrl }
}

/**
 * Finds the profile.
 *
 * @throws CliError `unknown_profile` if a flag or the environment names a profile that does not exist, but others do
 */
export async function findExistingProfile(flags: ConnectionFlags, profiles: ProfileList): Promise<ProfileSource> {
  const source = await findProfile(flags, profiles)
  if (source.chosenBy === 'profiles' || source.profile !== undefined) return source
  const list = await profiles.read()
  if (Object.keys(list.profiles).length > 0) assertProfile(list, source.name)
  return source
}

/** Finds the profile, even if the environment has a token. It may not exist yet. */
export async function findProfile(flags: ConnectionFlags, profiles: ProfileList): Promise<ProfileSource> {
  const named = flags.profile ?? getVariable('PARTICLE_GRANTS_PROFILE')
  if (named !== undefined && !isProfileName(named)) {
    throw new CliError('usage', { what: profileNameRule })
  }
  const list = await profiles.read()
  const name = named ?? getActiveProfile(list)
  const chosenBy = named === undefined ? 'profiles' : 'environment'
  return {
    from: 'profile',
    chosenBy: flags.profile === undefined ? chosenBy : 'flag',
    name,
    isActive: name === getActiveProfile(list),
    profile: Object.hasOwn(list.profiles, name) ? list.profiles[name] : undefined,
    baseUrl: findBaseUrl(flags),
    store: flags.store ?? findStore(),
  }
}

/** Returns the sign-in of a profile, or the one that waits for its MFA code. */
export function getStoredSignIn({ profile }: Pick<ProfileSource, 'profile'>): SignIn | undefined {
  return profile?.signIn ?? profile?.pending
}

/** Returns the base URL that a command uses, also before a sign-in. */
export function getBaseUrl(source: Source): string {
  if (source.from === 'environment') return source.baseUrl
  return source.baseUrl ?? getStoredSignIn(source)?.baseUrl ?? particleUrl
}

/**
 * Returns the sign-in of a profile.
 *
 * @throws CliError `signed_in_elsewhere` if a flag or the environment names another base URL or store
 */
export function getSignIn(source: ProfileSource): SignIn | undefined {
  const { name, baseUrl, store } = source
  const signIn = getStoredSignIn(source)
  if (signIn === undefined) return undefined
  if (baseUrl !== undefined && baseUrl !== signIn.baseUrl) {
    throw signedInElsewhere(`Profile ${name} is signed in at ${signIn.baseUrl}, not at ${baseUrl}.`)
  }
  if (store !== undefined && store !== signIn.store) {
    const what = `Profile ${name} is stored in the ${signIn.store} store, not in the ${store} store.`
    throw signedInElsewhere(what, '--store', store)
  }
  return signIn
}

function signedInElsewhere(what: string, ...flags: readonly string[]): CliError {
  const command = ['auth login', '--profile', 'NEW', ...flags] as const
  return new CliError('signed_in_elsewhere', { what, remedy: 'Sign in under another profile name:', command })
}

/** Formats where the token comes from, for the end of a sentence. */
export function formatSource(source: Source): string {
  if (source.from === 'environment') return `the environment variable ${source.variable}`
  const account = source.profile?.signIn?.subject.replace(/^(account|customer):/, '')
  return `profile ${source.name}${account === undefined ? '' : ` (${account})`}`
}

function findBaseUrl(flags: ConnectionFlags): string | undefined {
  const variable = 'PARTICLE_GRANTS_BASE_URL'
  const given = flags['base-url'] ?? getVariable(variable)
  if (given === undefined) return undefined
  return checkBaseUrl(given, flags['base-url'] === undefined ? variable : '--base-url')
}

/** Checks and normalizes a base URL. The error names the flag or variable, not the value, which may hold a password. */
export function checkBaseUrl(given: string, name: string): string {
  if (/\/oauth\/token\b/.test(given)) {
    throw new CliError('usage', {
      what: `${name} is the base URL of the API, without /oauth/token: e.g. ${particleUrl}`,
    })
  }
  if (!URL.canParse(given)) throw new CliError('usage', { what: `${name} must be a full URL, e.g. ${particleUrl}` })
  try {
    return parseBaseUrl(given, false)
  } catch (thrown) {
    if (!isGrantsError(thrown, 'invalid_argument')) throw thrown
    throw new CliError('usage', { what: `${name} ${thrown.details.problem}.`, cause: thrown })
  }
}

function findStore(): StoreName | undefined {
  const variable = 'PARTICLE_GRANTS_STORE'
  const given = getVariable(variable)
  const store = storeNames.find((name) => name === given)
  if (given !== undefined && store === undefined) {
    throw new CliError('usage', { what: `${variable} must be ${storeNames.join(' or ')}.` })
  }
  return store
}

/** Returns a variable's value. Empty means missing. */
export function getVariable(name: string): string | undefined {
  return process.env[name]?.trim() || undefined
}
