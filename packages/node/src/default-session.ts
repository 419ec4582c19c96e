import { type ConnectionOptions, GrantsError, type Session, type Store, sessionFromEnv } from '@particle-grants/core'
import { invalidArgument, particleUrl } from '@particle-grants/core/protocol'
import { tokenSession } from '@particle-grants/core/token'
import {
  baseUrlVariable,
  checkBaseUrl,
  type Environment,
  findBaseUrl,
  getVariable,
  readToken,
  tokenVariables,
} from './environment.ts'
import type { CredentialSource, Found, Lookup, LookupContext } from './machine-credentials.ts'
import { proxyFetch } from './proxy-fetch.ts'

export interface DefaultSessionOptions extends Pick<ConnectionOptions, 'fetch' | 'clock' | 'onEvent'> {
  /** A profile of pgrants. It is used before every other source. */
  readonly profile?: string | undefined
  /** The base URL that you expect. Credentials that belong to another one are an error. */
  readonly baseUrl?: string | undefined
  /** @default process.env */
  readonly env?: Environment | undefined
  /**
   * Restricts or reorders the sources: a comma list of `token`, `client`, `profile` and `particle-cli`, or `env` for the
   * first two. @default PARTICLE_GRANTS_CREDENTIALS; otherwise `env` where CI is set, and all four elsewhere
   */
  readonly sources?: string | undefined
  /** Where the token of a client from the environment is kept. A profile has its own store. @default memory */
  readonly store?: Store | undefined
}

/** A session of this machine's credentials. Ending their sign-in is up to the CLI, so that it has no `logout`. */
export interface DefaultSession extends Omit<Session, 'logout'> {
  readonly source: CredentialSource
}

/** A source, and what was found there. */
export interface SourceReport {
  readonly type: SourceType
  /** `failed`: it exists and can't be used. `not_used`: an earlier one is used. `excluded`: it is not in the list of sources. */
  readonly status: 'used' | 'failed' | 'not_used' | 'missing' | 'excluded'
  readonly place: string
  /** For people. It ends a sentence that starts with the place. */
  readonly reason: string
}

export interface Credentials {
  /** What `defaultSession` uses. */
  readonly source: CredentialSource | undefined
  /** What `defaultSession` throws, if it uses nothing. */
  readonly error: GrantsError | undefined
  /** All sources, in their order. */
  readonly sources: readonly SourceReport[]
}

/**
 * Opens a session of the credentials of this machine: on a developer's machine those of `pgrants auth login`, in CI and on
 * a server those in the environment. Everybody who uses the session acts as that account: it is not for a server that acts
 * for its users.
 *
 * The first source that exists is used. One that is signed out, expired or damaged exists: it is an error, because the next
 * source may be another account. Nothing is sent before the first call.
 *
 * @throws GrantsError `no_credentials`, `unknown_profile`, `signed_in_elsewhere`, `invalid_argument`, `not_signed_in`,
 *   `mfa_required`, `reauthentication_required`, `store_unavailable`, `store_damaged`
 */
export async function defaultSession(options: DefaultSessionOptions = {}): Promise<DefaultSession> {
  const { used, error } = await search(options, false)
  if (used === undefined) throw error
  const session = await used.open()
  // So that its state is the stored one at once.
  await session.load()
  // One by one: they are getters of the session's class, which a spread would leave out.
  const { getState, subscribe, load, getAccessToken, peekAccessToken, invalidateToken } = session
  const { fetch, baseUrl, allowedOrigins, idle } = session
  return Object.freeze({
    source: Object.freeze(used.source),
    get state() {
      return session.state
    },
    baseUrl,
    allowedOrigins,
    [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
    ...{ getState, subscribe, load, getAccessToken, peekAccessToken, invalidateToken, fetch, idle },
  })
}

/** Describes which credentials `defaultSession` uses with the same options, and why not the others. Changes nothing. */
export async function describeCredentials(options: DefaultSessionOptions = {}): Promise<Credentials> {
  const { used, error, reports } = await search(options, true)
  return { source: used?.source, error, sources: reports }
}

// ─── The search ──────────────────────────────────────────────────────────────────────────────────────────────────────

const sourceTypes = ['token', 'client', 'profile', 'particle-cli'] as const
type SourceType = (typeof sourceTypes)[number]

interface SearchResult {
  readonly used: Found | undefined
  readonly error: GrantsError | undefined
  readonly reports: readonly SourceReport[]
}

/**
 * Looks at the sources in their order, until one exists.
 *
 * @param isComplete - looks at the rest too, and reports it
 */
async function search(options: DefaultSessionOptions, isComplete: boolean): Promise<SearchResult> {
  const context = readOptions(options)
  const { types, excludedBy } = chooseSources(context)
  const reports: SourceReport[] = []
  let winner: { readonly type: SourceType; readonly used?: Found; readonly error?: GrantsError } | undefined
  for (const type of types) {
    const result = await lookUp(type, { ...context, types })
    const { place, used, error } = result
    reports.push({ type, place, ...describe(result, winner?.type) })
    if (winner === undefined && (used ?? error) !== undefined)
      winner = { type, ...(used && { used }), ...(error && { error }) }
    if (winner !== undefined && !isComplete) break
  }
  for (const type of sourceTypes.filter((one) => !types.includes(one))) {
    reports.push({ type, status: 'excluded', place: type, reason: `is not looked at, because ${excludedBy}` })
  }
  return { used: winner?.used, error: winner === undefined ? noCredentials(reports) : winner.error, reports }
}

interface SearchContext extends LookupContext {
  readonly options: DefaultSessionOptions
}

function readOptions(options: DefaultSessionOptions): SearchContext {
  const { env = process.env, profile, baseUrl, fetch = proxyFetch, clock, onEvent } = options
  const checked = baseUrl === undefined ? undefined : checkBaseUrl(baseUrl, 'baseUrl')
  return { options, env, profile, baseUrl: checked, requests: { fetch, clock, onEvent }, now: (clock ?? Date).now() }
}

interface LookupResult {
  readonly place: string
  readonly used?: Found
  readonly error?: GrantsError
  readonly problem?: string
}

async function lookUp(type: SourceType, context: TypedContext): Promise<LookupResult> {
  try {
    const { place, found } = await lookups[type](context)
    return 'problem' in found ? { place, problem: found.problem } : { place, used: found }
  } catch (thrown) {
    if (!GrantsError.isInstance(thrown)) throw thrown
    return { place: type, error: thrown }
  }
}

function describe({ used, error, problem }: LookupResult, winner: SourceType | undefined) {
  if (problem !== undefined) return { status: 'missing', reason: problem } as const
  const note = used?.source.type === 'client' ? ' (pgrants itself does not use it)' : ''
  const what = used === undefined ? `can't be used: ${error?.message}` : `has ${used.source.description}${note}`
  if (winner !== undefined)
    return { status: 'not_used', reason: `is not used, because ${winner} comes first; it ${what}` } as const
  return { status: used === undefined ? 'failed' : 'used', reason: what } as const
}

/** Chooses which sources are looked at, and why not the others. */
function chooseSources({ env, profile, options }: SearchContext) {
  const variable = 'PARTICLE_GRANTS_CREDENTIALS'
  if (options.sources !== undefined) {
    const types = parseSources(options.sources, 'sources')
    if (profile === undefined) return { types, excludedBy: 'the option sources leaves it out' }
    if (!types.includes('profile'))
      throw invalidArgument('sources', 'must have profile if the option profile names one')
  }
  if (profile !== undefined) return { types: ['profile'] as const, excludedBy: 'the option profile names a profile' }
  const given = getVariable(variable, env)
  if (given !== undefined) return { types: parseSources(given, variable), excludedBy: `${variable} leaves it out` }
  const isCi = !/^(?:|0|false)$/i.test(getVariable('CI', env) ?? '')
  if (isCi) return { types: parseSources('env', 'CI'), excludedBy: 'CI is set; the option sources can name it' }
  return { types: sourceTypes, excludedBy: '' }
}

function parseSources(given: string, name: string): readonly SourceType[] {
  const names = given.split(',').flatMap((one) => (one.trim() === 'env' ? ['token', 'client'] : [one.trim()]))
  const types = names.map((one) => sourceTypes.find((type) => type === one))
  if (types.every((type) => type !== undefined)) return [...new Set(types)]
  throw invalidArgument(name, `must be a comma list of ${sourceTypes.join(', ')} or env`)
}

function noCredentials(reports: readonly SourceReport[]): GrantsError<'no_credentials'> {
  const places = reports.map(({ type, place, reason }) => ({ source: type, place, problem: reason }))
  const list = places.map(({ place, problem }) => `\n  ${place} ${problem}`)
  const message = `No credentials were found. Sign in with pgrants (auth login), or set PARTICLE_ACCESS_TOKEN.${list.join('')}`
  return new GrantsError('no_credentials', message, { places, command: ['auth', 'login'] })
}

// ─── The sources ─────────────────────────────────────────────────────────────────────────────────────────────────────

interface TypedContext extends SearchContext {
  readonly types: readonly SourceType[]
}

// Loaded only if the environment has no answer: it loads stores and reads files.
const lookups: { readonly [T in SourceType]: (context: TypedContext) => Lookup | Promise<Lookup> } = {
  token: findToken,
  client: findClient,
  profile: async (context) => (await import('./machine-credentials.ts')).findProfileCredentials(context),
  'particle-cli': async (context) => (await import('./machine-credentials.ts')).findParticleCliCredentials(context),
}

function findToken(context: TypedContext): Lookup {
  const { env, types, requests } = context
  const place = tokenVariables.join(' and ')
  const [variable, other] = tokenVariables.filter((name) => getVariable(name, env) !== undefined)
  if (variable === undefined) return { place, found: { problem: 'are not set' } }
  if (other !== undefined && getVariable(variable, env) !== getVariable(other, env)) {
    throw invalidArgument('env', `has two different tokens: unset ${variable} or ${other}`)
  }
  if (types.includes('profile') && getVariable('PARTICLE_GRANTS_PROFILE', env) !== undefined) {
    throw invalidArgument('env', `has a token and names a profile: unset ${variable} or PARTICLE_GRANTS_PROFILE`)
  }
  const accessToken = readToken(variable, env)
  const description = `the environment variable ${variable}`
  const baseUrl = getEnvironmentUrl(context, variable)
  return {
    place: variable,
    found: {
      source: { type: 'token', variable, baseUrl, description },
      open: async () => tokenSession({ ...requests, accessToken, baseUrl }),
    },
  }
}

function findClient(context: TypedContext): Lookup {
  const { env, requests, options } = context
  const [idName, secretName] = ['PARTICLE_CLIENT_ID', 'PARTICLE_CLIENT_SECRET'] as const
  const place = `${idName} and ${secretName}`
  const [id, secret] = [getVariable(idName, env), getVariable(secretName, env)]
  if (id === undefined && secret === undefined) return { place, found: { problem: 'are not set' } }
  if (id === undefined || secret === undefined) {
    const [present, missing] = id === undefined ? [secretName, idName] : [idName, secretName]
    throw invalidArgument('env', `has ${present} without ${missing}: set both, or unset it`)
  }
  const kind = getVariable('PARTICLE_CLIENT_KIND', env) ?? 'product'
  if (kind !== 'product' && kind !== 'user') throw invalidArgument('PARTICLE_CLIENT_KIND', 'must be product or user')
  const baseUrl = getEnvironmentUrl(context, idName)
  const variables = { PARTICLE_CLIENT_ID: id, PARTICLE_CLIENT_SECRET: secret, PARTICLE_CLIENT_KIND: kind }
  const description = `the client ${id} in ${idName}`
  return {
    place,
    found: {
      source: { type: 'client', clientId: id, kind, baseUrl, description },
      open: async () => sessionFromEnv(variables, { ...requests, baseUrl, store: options.store }),
    },
  }
}

/** Returns the base URL that the environment's credentials belong to: only the same environment can name another one. */
function getEnvironmentUrl({ env, baseUrl }: LookupContext, variable: string): string {
  const own = findBaseUrl(env) ?? particleUrl
  if (baseUrl === undefined || baseUrl === own) return own
  const message = `The credentials in ${variable} belong to ${own}, not to ${baseUrl}. Set ${baseUrlVariable} beside them.`
  throw new GrantsError('signed_in_elsewhere', message, { property: 'baseUrl', expected: own, given: baseUrl })
}
