import { Secret } from '@particle-grants/core'
import { particleUrl } from '@particle-grants/core/protocol'
import { CliError } from '../errors/cli-error.ts'
import { isProfileName, type Profile, type SignIn, type StoreName, storeNames } from './profile.ts'
import { activeProfile, type ProfileBook } from './profile-book.ts'

/** What was asked for by flags. */
export interface Wanted {
  readonly profile?: string | undefined
  readonly baseUrl?: string | undefined
  readonly store?: StoreName | undefined
}

/** Where a token may come from in the environment; the first that is set counts. */
export const tokenVariables = ['PARTICLE_ACCESS_TOKEN', 'PARTICLE_AUTH'] as const
/** The name of one. */
export type TokenVariable = (typeof tokenVariables)[number]

/** Environment variables besides, each as good as its flag. */
const variables = {
  baseUrl: 'PARTICLE_GRANTS_BASE_URL',
  profile: 'PARTICLE_GRANTS_PROFILE',
  store: 'PARTICLE_GRANTS_STORE',
} as const

/** A token from the environment. It goes to the base URL of flag or environment, and else to Particle's own only. */
export interface EnvironmentSource {
  readonly from: 'environment'
  readonly variable: TokenVariable
  readonly accessToken: Secret
  readonly baseUrl: string
}

/** A profile, and who chose it. */
export interface ProfileSource {
  readonly from: 'profile'
  readonly chosenBy: 'flag' | 'environment' | 'profiles'
  readonly name: string
  /** Nothing when there is no such profile yet. */
  readonly profile: Profile | undefined
  /** Of flag or environment, else `undefined`: the profile's own. */
  readonly baseUrl: string | undefined
  readonly store: StoreName | undefined
}

/** Where the token comes from: flag > environment > profile > default. */
export type Source = EnvironmentSource | ProfileSource

type Environment = Readonly<Record<string, string | undefined>>

/** The token variable that is set, if any. */
export function tokenVariable(env: Environment): TokenVariable | undefined {
  return tokenVariables.find((name) => filled(env, name) !== undefined)
}

/** Finds out where the token comes from. The keyring is not touched, and with a token of the environment no file. */
export async function findSource(
  wanted: Wanted,
  book: ProfileBook,
  env: Environment = process.env,
): Promise<Source> {
  const variable = tokenVariable(env)
  if (wanted.profile === undefined && variable !== undefined) {
    const accessToken = new Secret(filled(env, variable) ?? '')
    const baseUrl = (await chosenBaseUrl(wanted, env)) ?? particleUrl
    return { from: 'environment', variable, accessToken, baseUrl }
  }
  return findProfile(wanted, book, env)
}

/** The profile that is meant, whatever token the environment has. */
export async function findProfile(
  wanted: Wanted,
  book: ProfileBook,
  env: Environment = process.env,
): Promise<ProfileSource> {
  const named = wanted.profile ?? filled(env, variables.profile)
  if (named !== undefined && !isProfileName(named)) {
    throw new CliError('usage', {
      what: 'A profile has a name of letters, digits and . _ @ + -, 64 at most.',
    })
  }
  const profiles = await book.read()
  const name = named ?? activeProfile(profiles)
  return {
    from: 'profile',
    chosenBy: chosenBy(wanted, named),
    name,
    profile: Object.hasOwn(profiles.profiles, name) ? profiles.profiles[name] : undefined,
    baseUrl: await chosenBaseUrl(wanted, env),
    store: wanted.store ?? storeOf(env),
  }
}

/** The sign-in that a source means. Throws `signed_in_elsewhere` where flag or environment name another place. */
export function signInOf({ name, profile, baseUrl, store }: ProfileSource): SignIn | undefined {
  const found = profile?.signIn ?? profile?.pending
  if (found === undefined) return undefined
  if (baseUrl !== undefined && baseUrl !== found.baseUrl) {
    throw elsewhere(name, `signed in at ${found.baseUrl}, not at ${baseUrl}`)
  }
  if (store !== undefined && store !== found.store) {
    throw elsewhere(name, `kept in the ${found.store} store, not in the ${store} store`)
  }
  return found
}

function elsewhere(name: string, where: string): CliError {
  return new CliError('signed_in_elsewhere', {
    what: `Profile ${name} is ${where}.`,
    remedy: 'Name another profile with --profile, or sign in there: %bin% auth login%connection%',
  })
}

/** A sentence's end that names where the token comes from. */
export function describeSource(source: Source): string {
  if (source.from === 'environment') return `the environment variable ${source.variable}`
  const account = source.profile?.signIn?.subject.replace(/^(account|customer):/, '')
  return `profile ${source.name}${account === undefined ? '' : ` (${account})`}`
}

function chosenBy({ profile }: Wanted, named: string | undefined): ProfileSource['chosenBy'] {
  if (profile !== undefined) return 'flag'
  return named === undefined ? 'profiles' : 'environment'
}

async function chosenBaseUrl({ baseUrl }: Wanted, env: Environment): Promise<string | undefined> {
  const given = baseUrl ?? filled(env, variables.baseUrl)
  if (given === undefined) return undefined
  // Loaded when it is needed: core's sessions come with it.
  const { checkBaseUrl } = await import('./base-url.ts')
  return checkBaseUrl(given)
}

function storeOf(env: Environment): StoreName | undefined {
  const given = filled(env, variables.store)
  const found = storeNames.find((name) => name === given)
  if (given !== undefined && found === undefined) {
    throw new CliError('usage', { what: `${variables.store} must be ${storeNames.join(' or ')}.` })
  }
  return found
}

function filled(env: Environment, name: string): string | undefined {
  const value = env[name]?.trim()
  return value === '' ? undefined : value
}
