import { existsSync, lstatSync, readdirSync, type Stats } from 'node:fs'
import { dirname, isAbsolute, join } from 'node:path'
import { GrantsError, type Session } from '@particle-grants/core'
import { tokenSession } from '@particle-grants/core/token'
import { particleCliProfile } from '@particle-grants/store-file/particle-cli'
import { checkBaseUrl, type Environment, findBaseUrl } from './environment.ts'
import { assertProfile, formatAccount, type StoreName } from './profile-list.ts'
import { Connections, type RequestOptions } from './sessions.ts'
import { assertSignedInAt, chooseProfile, formatSource } from './source.ts'
import { readStatus, type Status } from './status.ts'
import { fileStoreFolder, findHome, Stores } from './stores.ts'

/** Where the credentials of a session come from. It has no secret. */
export type CredentialSource = {
  /** The server that the credentials belong to, and are sent to. */
  readonly baseUrl: string
  /** For people: what the credentials are, and whose if that is known. */
  readonly description: string
} & (
  | { readonly type: 'token'; readonly variable: string }
  | { readonly type: 'client'; readonly clientId: string; readonly kind: 'product' | 'user' }
  | { readonly type: 'profile'; readonly profile: string; readonly store: StoreName }
  | { readonly type: 'particle-cli'; readonly path: string }
)

/** Credentials that can be used. */
export interface Found {
  readonly source: CredentialSource
  readonly open: () => Promise<Session>
}

/** What one source has: credentials, or why it has none. What exists and can't be used is an error. */
export interface Lookup {
  readonly place: string
  readonly found: Found | { readonly problem: string }
}

/** What a lookup needs of the options. */
export interface LookupContext {
  readonly env: Environment
  readonly profile: string | undefined
  /** Checked with `checkBaseUrl`. */
  readonly baseUrl: string | undefined
  readonly requests: RequestOptions
  /** Milliseconds since 1970. */
  readonly now: number
}

// ─── The profiles of pgrants ─────────────────────────────────────────────────────────────────────────────────────────

/**
 * Looks for the profile that is named, or the active one. The list of profiles exists from the first sign-in on, also when
 * all have signed out: from then on, only a profile is the answer.
 */
export async function findProfileCredentials(context: LookupContext): Promise<Lookup> {
  const { env, profile, baseUrl, requests, now } = context
  const folder = findFolder(env)
  if (folder === undefined) {
    return { place: "pgrants' profiles", found: { problem: 'cannot be there: this user has no home folder' } }
  }
  const place = join(folder, 'profiles.json')
  assertOwnFiles('file', [folder, place])
  const connections = new Connections(() => requests, new Stores(folder))
  const list = await connections.profiles.find()
  const source = chooseProfile({ profile, baseUrl, env }, list ?? { profiles: {} })
  if (list === undefined && source.chosenBy === 'profiles') {
    if (!wasDamaged(folder)) return { place, found: { problem: 'does not exist' } }
    const message = `The list of profiles (${place}) was damaged. Sign in again with pgrants (auth login).`
    throw new GrantsError('not_signed_in', message, {})
  }
  if (source.chosenBy !== 'profiles') assertProfile(list ?? { profiles: {} }, source.name)
  const description = formatSource(source)
  const status = await nameErrors(description, async () => {
    const key = source.profile?.signIn?.store === 'file' ? [join(folder, `${source.profile.signIn.key}.json`)] : []
    assertOwnFiles('file', key)
    return readStatus(source, connections, now)
  })
  const { signIn } = status
  if (status.name !== 'signed_in' || signIn === undefined) throw notUsable(status, description)
  const session = async () => (await connections.open(source)).session
  return {
    place,
    found: {
      source: { type: 'profile', profile: source.name, store: signIn.store, baseUrl: signIn.baseUrl, description },
      open: () => nameErrors(description, session),
    },
  }
}

/** The store moves a damaged list aside once. Without this, the next call would find no profile, and try another account. */
function wasDamaged(folder: string): boolean {
  return existsSync(folder) && readdirSync(folder).some((name) => name.startsWith('profiles.damaged-'))
}

function findFolder(env: Environment): string | undefined {
  return ifAbsolute(() => fileStoreFolder(env))
}

function notUsable({ name, state, signIn }: Status, description: string): GrantsError {
  if (name === 'mfa_required' && state?.status === 'mfa_required') {
    const { attemptsLeft, expiresAt } = state.challenge
    const account = signIn === undefined ? '' : ` of ${formatAccount(signIn)}`
    const message = `The sign-in${account} in ${description} waits for its MFA code. Complete it with pgrants (auth login).`
    return new GrantsError('mfa_required', message, { attemptsLeft, expiresAt })
  }
  const again = 'Sign in again with pgrants (auth login).'
  if (name !== 'expired') return new GrantsError('not_signed_in', `There is no sign-in in ${description}. ${again}`, {})
  const reason = state?.status === 'reauthentication_required' ? state.reason : 'expired'
  return new GrantsError('reauthentication_required', `The token of ${description} is no longer valid. ${again}`, {
    reason,
  })
}

/** Adds whose credentials they are to the errors of stores: a record is only a file with a long name. */
async function nameErrors<T>(description: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run()
  } catch (thrown) {
    if (!GrantsError.isInstance(thrown) || thrown.code === 'signed_in_elsewhere') throw thrown
    throw addDescription(thrown, description)
  }
}

function addDescription(cause: GrantsError, description: string): GrantsError {
  const message = `The sign-in of ${description} can't be used. ${cause.message}`
  return new GrantsError(cause.code, message, cause.details, { cause })
}

// ─── particle-cli ────────────────────────────────────────────────────────────────────────────────────────────────────

/** Looks for the sign-in of particle-cli's own profile. It is only read: signing in there is up to particle-cli. */
export async function findParticleCliCredentials({ env, baseUrl, requests, now }: LookupContext): Promise<Lookup> {
  const folder = findParticleCliFolder(env)
  if (folder === undefined) {
    return { place: "particle-cli's profile", found: { problem: 'cannot be there: this user has no home folder' } }
  }
  if (!assertOwnFiles('particle-cli', [folder, join(folder, 'profile.json')])) {
    return { place: folder, found: { problem: 'does not exist' } }
  }
  const profile = particleCliProfile({ home: dirname(folder), readOnly: true })
  const path = await profile.path()
  if (!assertOwnFiles('particle-cli', [path])) return { place: path, found: { problem: 'does not exist' } }
  const signIn = await profile.read()
  if (signIn === undefined) {
    throw new GrantsError('not_signed_in', `particle-cli is signed out (${path}). Run particle login.`, {})
  }
  const { accessToken, expiresAt, username } = signIn
  const url = checkBaseUrl(signIn.apiUrl, `apiUrl in ${path}`)
  const given = baseUrl ?? findBaseUrl(env)
  if (given !== undefined) assertSignedInAt(`particle-cli (${path})`, url, given)
  if (typeof expiresAt === 'number' && expiresAt <= now) {
    const message = `The token of particle-cli (${path}) has expired. Run particle login.`
    throw new GrantsError('reauthentication_required', message, { reason: 'expired' })
  }
  const description = `particle-cli${username === undefined ? '' : ` (${username})`}`
  return {
    place: path,
    found: {
      source: { type: 'particle-cli', path, baseUrl: url, description },
      open: async () => tokenSession({ ...requests, accessToken, expiresAt: expiresAt ?? undefined, baseUrl: url }),
    },
  }
}

function findParticleCliFolder(env: Environment): string | undefined {
  return ifAbsolute(() => join(findHome(env), '.particle'))
}

// ─── Files ───────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Returns an absolute path. For a user without a home folder, `find` throws or its path is relative. */
function ifAbsolute(find: () => string): string | undefined {
  try {
    const path = find()
    return isAbsolute(path) ? path : undefined
  } catch {
    return undefined
  }
}

/**
 * Refuses files that another user could have written: whose token is in them, and to which server it goes, would be up to
 * that user. Returns whether the first one exists.
 *
 * @throws GrantsError `store_unavailable`
 */
function assertOwnFiles(store: string, paths: readonly string[]): boolean {
  const files = paths.map((path) => ({ path, stats: readStats(store, path) }))
  const user = process.geteuid?.()
  for (const { path, stats } of files) {
    if (stats === undefined) continue
    const isOthers = user !== undefined && stats.uid !== user
    const isWritable = user !== undefined && (stats.mode & 0o022) !== 0
    if (stats.isSymbolicLink()) throw unsafeFile(store, `${path} is a symbolic link`, 'Replace it with its target.')
    if (isOthers) throw unsafeFile(store, `${path} belongs to another user (uid ${stats.uid})`, 'Remove it.')
    if (isWritable) throw unsafeFile(store, `${path} can be written by other users`, `Run chmod go-w "${path}".`)
  }
  return files[0]?.stats !== undefined
}

/** @throws GrantsError `store_unavailable` if this user may not look */
function readStats(store: string, path: string): Stats | undefined {
  try {
    return lstatSync(path)
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw unsafeFile(store, `${path} can't be read (${code})`, 'Check the permissions of its folders.')
  }
}

function unsafeFile(store: string, problem: string, advice: string): GrantsError<'store_unavailable'> {
  return new GrantsError('store_unavailable', `Credentials are not read: ${problem}. ${advice}`, { store, problem })
}
