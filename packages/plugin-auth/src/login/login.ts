import { GrantsError } from '@particle-grants/core'
import { isTokenValid, type MachineTokens } from '@particle-grants/core/machine'
import { particleUrl } from '@particle-grants/core/protocol'
import {
  activateProfile,
  checkBaseUrl,
  findTokenVariable,
  formatAccount,
  getStoredSignIn,
  isUsable,
  loadToken,
  type Profile,
  type ProfileSource,
  type SignIn,
  type StoredToken,
} from '@particle-grants/node/profiles'
import type { Connections } from '@particle-grants/node/sessions'
import type { Reporter } from '../command/grants-command.ts'
import { deleteSignIn, revokeToken } from '../connection/sign-out.ts'
import { CliError, isGrantsError } from '../errors/cli-error.ts'
import { formatAttempts, formatExpiry, formatLifetime } from '../output/format.ts'
import { promptSecret } from '../output/prompts.ts'
import { beginLogin, type Login, type LoginRequest, resumeLogin } from './begin.ts'
import { answerChallenge, removePending } from './challenge.ts'
import { type LoginFlags, type LoginInput, type LoginSecrets, parseLifetime, readLoginSecrets } from './flags.ts'
import { offerSso, readParticleCliToken, resolveLogin } from './inputs.ts'

export interface LoginOptions {
  readonly flags: LoginFlags
  readonly connections: Connections
  readonly source: ProfileSource
  readonly canPrompt: boolean
  /** Why nothing is prompted for although there is a terminal. */
  readonly promptProblem: string | undefined
  readonly reporter: Reporter
}

/** The options, and what the first steps read. */
interface LoginContext extends LoginOptions {
  readonly secrets: LoginSecrets
  readonly expiresIn: number | undefined
  /** The token that the profile has before this sign-in. */
  readonly storedToken: StoredToken | undefined
}

/**
 * The steps of `auth login`: flags and stdin, prompts, the first request, the MFA challenge, and the profile. Returns the
 * name of the profile that is signed in.
 */
export async function runLogin(options: LoginOptions): Promise<string> {
  const { flags, source } = options
  assertNotShadowed(options)
  // A wrong flag is an error before anything is read or sent.
  const expiresIn = parseLifetime(flags['expires-in'])
  const secrets = await readLoginSecrets(flags, options.canPrompt)
  const { signIn: stored } = source.profile ?? {}
  const storedToken = stored && (await load(stored, options).catch(ignoreUnreadable))
  const context = { ...options, secrets, expiresIn, storedToken }
  const login = (await resumePending(context)) ?? (await begin(context))
  await answerChallenge(login, { ...options, answer: secrets.answer })
  await login.save()
  const replaced = await saveProfile(login, options)
  const { tokens } = (await load(login.signIn, options, login.profile)) ?? {}
  if (tokens === undefined) throw new Error('The sign-in is complete, but its record has no tokens.')
  if (login.profile === source.name) await revokeReplaced(context, replaced, tokens)
  reportLifetime(options, tokens)
  await reportStore(options, login.signIn)
  return login.profile
}

/** Fails if a token in the environment would be used instead of this sign-in; warns where `--profile` still leads to it. */
function assertNotShadowed({ source, reporter }: LoginOptions): void {
  const variable = findTokenVariable()
  if (variable === undefined) return
  if (source.chosenBy !== 'flag') {
    throw new CliError('environment_token', {
      what: `${variable} is set. Its token would be used instead of this sign-in.`,
      remedy: `Unset ${variable}, or sign in with --profile and pass that to each command.`,
    })
  }
  reporter.caution(`${variable} is set: its token is used by every command without --profile.`)
}

/** A sign-in replaces a record that is damaged, or in a keyring that is locked: nothing else would get out of there. */
function ignoreUnreadable(thrown: unknown): undefined {
  if (!isGrantsError(thrown, 'store_damaged', 'invalid_state', 'store_unavailable')) throw thrown
}

async function load(signIn: SignIn, { source, connections }: LoginOptions, profile = source.name) {
  return loadToken(signIn, { profile, store: await connections.stores.get(signIn.store) })
}

/** Resumes the sign-in that waits for its MFA code, if this call answers it and has no credentials for another one. */
async function resumePending({ flags, secrets, source, connections }: LoginContext): Promise<Login | undefined> {
  const { username, 'client-id': clientId, customer, 'password-stdin': passwordStdin } = flags
  const hasCredentials = [username, clientId, customer, passwordStdin, secrets.password].some(
    (one) => one !== undefined,
  )
  const isAnswer = flags['otp-stdin'] || secrets.answer !== undefined
  if (!isAnswer || hasCredentials) return undefined
  const pending = source.profile?.pending
  if (pending === undefined) throw new GrantsError('no_challenge', 'No sign-in is waiting for a code.', {})
  const login = await resumeLogin(pending, source.name, connections)
  if (login.session.state.status === 'mfa_required') return login
  // An answer to a challenge removes it from the profile, and so does the last wrong code: only its time can be over.
  await removePending(source.name, connections)
  throw new GrantsError('challenge_expired', 'The MFA challenge has expired.', { reason: 'age' })
}

/** Resolves the credentials and sends the first request. A person may type a wrong password twice, and is refused the third time. */
async function begin(context: LoginContext): Promise<Login> {
  const { source, expiresIn, storedToken, connections, canPrompt, reporter } = context
  const stored = getStoredSignIn(source)
  const baseUrl = await getBaseUrl(context, stored)
  const store = await connections.stores.choose(source.store ?? stored?.store)
  const announce = () => reporter.note(`Signing in to ${baseUrl.replace('https://', '')}.`)
  // Before the prompts: a person sees to which server a password goes before typing it. A script's log needs only another one.
  if (canPrompt) announce()
  const isSignedIn = storedToken !== undefined && isUsable(storedToken, Date.now())
  const profiles = Object.keys((await connections.profiles.read()).profiles)
  const input = { ...context, baseUrl, profiles, isSignedIn }
  let request = await resolveLogin(input)
  if (!canPrompt && baseUrl !== particleUrl) announce()
  for (let attemptsLeft = 2; ; attemptsLeft -= 1) {
    try {
      const target = { baseUrl, store, expiresIn }
      return await reporter.progress('Signing in', () => beginLogin(request, target, connections))
    } catch (thrown) {
      request = await promptAgain(thrown, { request, input, attemptsLeft })
    }
  }
}

/** Returns what to send after a refusal: another password, or a token from the browser. Throws the refusal if no one can choose. */
async function promptAgain(
  thrown: unknown,
  { request, input, attemptsLeft }: { request: LoginRequest; input: LoginInput; attemptsLeft: number },
): Promise<LoginRequest> {
  if (input.canPrompt && isGrantsError(thrown, 'sso_required')) return offerSso(input)
  if (!isGrantsError(thrown, 'invalid_credentials') || !request.isTyped || attemptsLeft === 0) throw thrown
  input.reporter.caution(`Wrong username or password; ${formatAttempts(attemptsLeft)}.`)
  // Nothing else is prompted for: a password typed at another prompt would be shown.
  return { ...request, password: await promptSecret('Password:') }
}

async function getBaseUrl({ flags, source }: LoginOptions, stored: SignIn | undefined): Promise<string> {
  if (source.baseUrl !== undefined) return source.baseUrl
  if (!flags['from-particle-cli']) return stored?.baseUrl ?? particleUrl
  return checkBaseUrl((await readParticleCliToken()).baseUrl, "particle-cli's apiUrl")
}

// ─── The profile of a completed sign-in ──────────────────────────────────────────────────────────────────────────────

/** Makes a sign-in the profile's, and the profile the active one. Returns what the profile was before. */
async function saveProfile({ signIn, profile }: Login, options: LoginOptions): Promise<Profile> {
  const { connections, reporter } = options
  const { profiles } = await connections.profiles.change((before) =>
    activateProfile({ profiles: { ...before.profiles, [profile]: { signIn } } }, profile),
  )
  const replaced = profiles[profile] ?? {}
  for (const unused of [replaced.pending, replaced.signIn]) {
    if (unused === undefined || (unused.store === signIn.store && unused.key === signIn.key)) continue
    await deleteSignIn(unused, connections).catch((thrown: unknown) => {
      // The sign-in is complete all the same. Without a word, a token that may be valid would stay where nothing finds it.
      const problem = thrown instanceof Error ? thrown.message : String(thrown)
      reporter.caution(`The replaced sign-in of ${formatAccount(unused)} could not be deleted. ${problem}`)
    })
  }
  return replaced
}

/**
 * Revokes the token that this sign-in replaces, as `auth logout` does: its only copy on this machine is deleted. A token
 * that another program requested stays valid, because that program may use it.
 */
async function revokeReplaced(
  { storedToken, connections, reporter }: LoginContext,
  replaced: Profile,
  tokens: MachineTokens,
) {
  if (replaced.signIn === undefined || storedToken === undefined) return
  if (!isTokenValid(storedToken.tokens, Date.now())) return
  const { accessToken, expiresAt, grantType } = storedToken.tokens
  if (accessToken.reveal() === tokens.accessToken.reveal()) return
  const { baseUrl } = replaced.signIn
  const what = `Replaced the sign-in of ${formatAccount(replaced.signIn)}`
  const isExternal = grantType === 'external' && !replaced.signIn.isSso
  const isRevoked =
    !isExternal &&
    (await reporter.progress('Revoking the old token', () => revokeToken(accessToken, baseUrl, connections)))
  if (isRevoked) return reporter.note(`${what}, and revoked its token.`)
  const end = expiresAt === null ? 'It never expires' : `It is valid until ${formatExpiry(expiresAt)}`
  const problem = isExternal ? 'was not revoked, because it was requested elsewhere' : 'could not be revoked'
  reporter.caution(`${what}. Its token ${problem}. ${end}. To revoke it, use particle token revoke of particle-cli.`)
}

function reportLifetime({ reporter }: LoginOptions, { expiresAt, requestedAt, requested }: MachineTokens): void {
  const granted = expiresAt === null ? 0 : Math.round((expiresAt - requestedAt) / 1000)
  const wanted = requested.expires_in
  if (wanted === undefined || wanted === granted) return
  const [first, second] = [wanted, granted].map((one) =>
    one === 0 ? 'never expires' : `expires after ${formatLifetime(one)}`,
  )
  reporter.caution(`Requested a token that ${first}; Particle returned one that ${second}.`)
}

/** A file is less protected than a keyring, so it is never chosen silently. */
async function reportStore({ source, connections, reporter }: LoginOptions, { store }: SignIn): Promise<void> {
  const requested = source.store ?? source.profile?.signIn?.store
  if (store !== 'file' || requested !== undefined || (await connections.stores.findKeyring())) return
  reporter.caution('No system keyring responds: the token is stored in plain text, in a file that only you can read.')
}
