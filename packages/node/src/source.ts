import { GrantsError, type Secret } from '@particle-grants/core'
import { invalidArgument, particleUrl } from '@particle-grants/core/protocol'
import {
  type Environment,
  findBaseUrl,
  findTokenVariable,
  getVariable,
  readToken,
  type TokenVariable,
} from './environment.ts'
import {
  assertProfile,
  formatAccount,
  getActiveProfile,
  isProfileName,
  type Profile,
  type ProfileList,
  type Profiles,
  profileNameRule,
  type SignIn,
  type StoreName,
  storeNames,
} from './profile-list.ts'

/** What chooses a source, before the environment: the flags of a command, or the options of a program. */
export interface SourceOptions {
  readonly profile?: string | undefined
  /** Checked with `checkBaseUrl`. */
  readonly baseUrl?: string | undefined
  readonly store?: StoreName | undefined
  /** @default process.env */
  readonly env?: Environment | undefined
}

/** A token from the environment. */
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
  /** Whether it is the profile that is used if none is named. */
  readonly isActive: boolean
  /** Undefined: the profile does not exist yet. */
  readonly profile: Profile | undefined
  /** From options or the environment; undefined: the profile's own. */
  readonly baseUrl: string | undefined
  readonly store: StoreName | undefined
}

/** Where the token of a command comes from. Flags go before the environment, and that goes before profiles. */
export type Source = EnvironmentSource | ProfileSource

/** Finds where the token of a command comes from. If the environment has a token, it reads no file. */
export async function findSource(options: SourceOptions, profiles: ProfileList): Promise<Source> {
  const { env } = options
  const variable = findTokenVariable(env)
  if (options.profile !== undefined || variable === undefined) return findExistingProfile(options, profiles)
  const accessToken = readToken(variable, env)
  return {
    from: 'environment',
    variable,
    accessToken,
    baseUrl: options.baseUrl ?? findBaseUrl(env) ?? particleUrl,
  }
}

/**
 * Finds the profile.
 *
 * @throws GrantsError `unknown_profile` if options or the environment name a profile that does not exist, but others do
 */
export async function findExistingProfile(options: SourceOptions, profiles: ProfileList): Promise<ProfileSource> {
  const list = await profiles.read()
  const source = chooseProfile(options, list)
  const isNamed = source.chosenBy !== 'profiles'
  if (isNamed && Object.keys(list.profiles).length > 0) assertProfile(list, source.name)
  return source
}

/** Finds the profile, even if the environment has a token. It may not exist yet. */
export async function findProfile(options: SourceOptions, profiles: ProfileList): Promise<ProfileSource> {
  return chooseProfile(options, await profiles.read())
}

/** Chooses a profile by options, environment or list, in this order. It may not exist yet. */
export function chooseProfile({ profile, baseUrl, store, env }: SourceOptions, list: Profiles): ProfileSource {
  const variable = getVariable('PARTICLE_GRANTS_PROFILE', env)
  const named = profile ?? variable
  if (named !== undefined && !isProfileName(named)) {
    throw new GrantsError('invalid_argument', profileNameRule, { parameter: 'profile', problem: 'is not a name' })
  }
  const active = getActiveProfile(list)
  const name = named ?? active
  const chosenBy = variable === undefined ? 'profiles' : 'environment'
  return {
    from: 'profile',
    chosenBy: profile === undefined ? chosenBy : 'flag',
    name,
    isActive: name === active,
    profile: Object.hasOwn(list.profiles, name) ? list.profiles[name] : undefined,
    baseUrl: baseUrl ?? findBaseUrl(env),
    store: store ?? findStore(env),
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
 * @throws GrantsError `signed_in_elsewhere` if options or the environment name another base URL or store
 */
export function getSignIn(source: ProfileSource): SignIn | undefined {
  const { name, baseUrl, store } = source
  const signIn = getStoredSignIn(source)
  if (signIn === undefined) return undefined
  if (baseUrl !== undefined) assertSignedInAt(`Profile ${name}`, signIn.baseUrl, baseUrl)
  if (store !== undefined && store !== signIn.store) {
    const what = `Profile ${name} is stored in the ${signIn.store} store, not in the ${store} store.`
    throw signedInElsewhere(what, { property: 'store', expected: signIn.store, given: store })
  }
  return signIn
}

/** Throws unless a credential belongs to this base URL: a token must not be sent to another server. */
export function assertSignedInAt(subject: string, expected: string, given: string): void {
  if (expected === given) return
  throw signedInElsewhere(`${subject} is signed in at ${expected}, not at ${given}.`, {
    property: 'baseUrl',
    expected,
    given,
  })
}

function signedInElsewhere(
  what: string,
  details: { readonly property: 'baseUrl' | 'store'; readonly expected: string; readonly given: string },
): GrantsError<'signed_in_elsewhere'> {
  const flags = details.property === 'store' ? ['--store', details.given] : []
  const command = ['auth', 'login', '--profile', 'NEW', ...flags]
  return new GrantsError('signed_in_elsewhere', what, { ...details, command })
}

/** Formats where the token comes from, for the end of a sentence. */
export function formatSource(source: Source): string {
  if (source.from === 'environment') return `the environment variable ${source.variable}`
  const { signIn } = source.profile ?? {}
  return `profile ${source.name}${signIn === undefined ? '' : ` (${formatAccount(signIn)})`}`
}

function findStore(env: Environment | undefined): StoreName | undefined {
  const variable = 'PARTICLE_GRANTS_STORE'
  const given = getVariable(variable, env)
  const store = storeNames.find((name) => name === given)
  if (given !== undefined && store === undefined) throw invalidArgument(variable, `must be ${storeNames.join(' or ')}`)
  return store
}
