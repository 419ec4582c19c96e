import { createSession, developerClient, type Secret } from '@particle-grants/core'
import { type DeveloperClientId, developerClients } from '@particle-grants/core/protocol'
import {
  formatAccount,
  getAccountName,
  getStoredSignIn,
  getVariable,
  isProfileName,
  profileNameRule,
  type SignIn,
  unnamedAccountPrefix,
} from '@particle-grants/node/profiles'
import { createClient } from '@particle-grants/node/sessions'
import { CliError } from '../errors/cli-error.ts'
import { callApi, readCurrentToken, toApiError, toObject } from '../network/api-call.ts'
import { platformFetch } from '../network/fetch.ts'
import { promptChoice, promptSecret, promptText } from '../output/prompts.ts'
import type { LoginRequest } from './begin.ts'
import { type LoginInput, parseToken } from './flags.ts'

/** Resolves flags, stdin and environment to a request. Prompts for what is missing. */
export async function resolveLogin(input: LoginInput): Promise<LoginRequest> {
  const { flags, secrets } = input
  if (flags.sso) return resolveSso(input)
  if (flags['from-particle-cli']) return resolveToken(input, (await readParticleCliToken()).accessToken)
  if (secrets.token !== undefined) return resolveToken(input, secrets.token)
  if (flags['with-token']) {
    const typed = await promptMissing(input, 'Access token:', '--with-token and a pipe')
    return resolveToken(input, parseToken(typed))
  }
  return resolveCredentials(input)
}

/** The client's secret, the username and the password, as far as the client needs them. */
async function resolveCredentials(input: LoginInput): Promise<LoginRequest> {
  const { flags, secrets } = input
  const username = flags.username ?? getVariable('PARTICLE_GRANTS_USERNAME')
  const client = findClient(input, username)
  const isDeveloper = client.kind === 'developer'
  if (flags.customer !== undefined && client.kind !== 'product') {
    throw new CliError('usage', {
      what: '--customer needs an OAuth client of the product.',
      remedy:
        'Pass its ID with --client-id. You create one in the Console, in the Authentication section of the product.',
    })
  }
  const name = flags.customer ?? username ?? (isDeveloper ? await promptUsername(input) : undefined)
  assertName(name)
  const subject = name === undefined ? 'owner' : `${client.kind === 'product' ? 'customer' : 'account'}:${name}`
  const profile = await chooseProfile(input, client.id, subject)
  const { clientSecret, password } = secrets
  const promptClientSecret = () => promptMissing(input, `Client secret of ${client.id}:`, '--client-secret-stdin')
  const secret = isDeveloper ? '' : (clientSecret ?? (await promptClientSecret()))
  const request = { profile, client: createClient(client, secret), subject }
  if (!isDeveloper && username === undefined) return { ...request, isTyped: clientSecret === undefined }
  const typed = password ?? (await promptMissing(input, 'Password:', '--password-stdin'))
  return { ...request, password: typed, isTyped: password === undefined }
}

/** A client's token does not show its type: it comes from a flag or from the profile. */
function findClient({ flags, source, reporter }: LoginInput, username: string | undefined): SignIn['client'] {
  const id = flags['client-id'] ?? getVariable('PARTICLE_GRANTS_CLIENT_ID') ?? 'particle'
  if (Object.hasOwn(developerClients, id)) return { kind: 'developer', id }
  const stored = getStoredSignIn(source)
  const kind = flags['client-kind'] ?? (stored?.client.id === id ? stored.client.kind : undefined)
  if (kind === undefined && flags.customer === undefined && username === undefined) {
    reporter.caution(`${id} is used as a product client. If it belongs to your account, use --client-kind user.`)
  }
  return { kind: kind ?? 'product', id }
}

async function promptUsername({ source, canPrompt, promptProblem, reporter }: LoginInput): Promise<string> {
  if (!canPrompt) {
    throw new CliError('no_terminal', {
      what: promptProblem ?? 'No terminal, and no credentials given.',
      remedy: 'Use --username with --password-stdin, --client-id with --client-secret-stdin, or --with-token.',
    })
  }
  const help = reporter.formatCommand('auth login', '--help')
  reporter.note(`Sign in with your Particle account. For an access token or an OAuth client, see:\n  ${help}`)
  const stored = getStoredSignIn(source)
  const known = stored?.subject.startsWith('account:') ? getAccountName(stored) : null
  return promptText('Username (email):', { default: known ?? undefined, validate: findNameProblem })
}

function findNameProblem(name: string): string | undefined {
  return /[\s\p{Cc}]/u.test(name) ? "Invalid username: it can't contain spaces." : undefined
}

function assertName(name: string | undefined): void {
  const problem = findNameProblem(name ?? '')
  if (problem !== undefined) throw new CliError('usage', { what: problem, remedy: 'Correct --username or --customer.' })
}

function promptMissing({ canPrompt, promptProblem }: LoginInput, message: string, flag: string): Promise<Secret> {
  if (canPrompt) return promptSecret(message)
  const what = [message.replace(/:$/, ' required.'), promptProblem].filter(Boolean).join(' ')
  throw new CliError('no_terminal', { what, remedy: `Pass it with ${flag}.` })
}

/**
 * Returns the profile to sign in to. Asks before another account replaces the profile's, and before its secret is typed.
 * Where it can't ask, only `--profile` (or its variable) replaces it.
 */
async function chooseProfile(input: LoginInput, clientId: string, subject: string): Promise<string> {
  const { flags, source, profiles, isSignedIn, canPrompt } = input
  const { name, chosenBy } = source
  const stored = getStoredSignIn(source)
  if (!isSignedIn || stored === undefined) return name
  if (stored.client.id === clientId && stored.subject === subject) return name
  const what = `Profile ${name} is signed in as ${formatAccount(stored)}.`
  if (!canPrompt) {
    if (chosenBy !== 'profiles') return name
    const account = getAccountName({ subject }) ?? clientId
    const args = Object.entries(flags).flatMap(([flag, value]) => [
      `--${flag}`,
      ...(value === true ? [] : [String(value)]),
    ])
    throw new CliError('usage', {
      what,
      remedy: `To replace it, use --profile ${name}. To keep both accounts, use another profile name:`,
      command: ['auth login', ...args, '--profile', isProfileName(account) ? account : 'NEW'],
    })
  }
  const choices = [
    { value: 'keep', name: 'Keep it' },
    { value: 'replace', name: 'Replace it' },
    { value: 'other', name: 'Sign in to another profile' },
  ] as const
  const choice = await promptChoice<'keep' | 'replace' | 'other'>(what, choices)
  if (choice === 'keep') throw new CliError('interrupted', { what: 'Nothing was changed.' })
  if (choice === 'replace') return name
  const account = getAccountName({ subject }) ?? clientId
  const isFree = (one: string) => isProfileName(one) && !profiles.includes(one)
  return promptText('Name of the new profile:', {
    default: isFree(account) ? account : undefined,
    validate(given) {
      if (profiles.includes(given)) return 'This profile exists already.'
      return isProfileName(given) ? undefined : profileNameRule
    },
  })
}

// ─── SSO ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Offers the browser to a person whose account has no password. */
export async function offerSso(input: LoginInput): Promise<LoginRequest> {
  const choices = [
    { value: true, name: 'Sign in with a browser' },
    { value: false, name: 'Cancel' },
  ]
  const isAccepted = await promptChoice("This account signs in through its company's SSO.", choices)
  if (!isAccepted) throw new CliError('interrupted', { what: 'Nothing was changed.' })
  return resolveSso(input)
}

async function resolveSso(input: LoginInput): Promise<LoginRequest> {
  // Loaded on use: it brings a library for JWTs.
  const { signInWithBrowser } = await import('./sso.ts')
  const { username, revoke, ...token } = await signInWithBrowser(input)
  const client = developerClient()
  const subject = `account:${username}`
  try {
    const profile = await chooseProfile(input, client.id, subject)
    return { profile, client, subject, token, isSso: true, isTyped: false }
  } catch (thrown) {
    // Without this, a valid token would be left that nothing on this machine knows.
    await revoke()
    throw thrown
  }
}

// ─── Tokens that exist already ───────────────────────────────────────────────────────────────────────────────────────

/**
 * Looks a token up: when it expires, and whose it is.
 *
 * @throws CliError `token_refused` or `network_error`
 */
async function resolveToken(input: LoginInput, accessToken: Secret): Promise<LoginRequest> {
  const session = createSession({ accessToken, baseUrl: input.baseUrl, fetch: platformFetch })
  const current = await input.reporter.progress('Verifying the token', () => readCurrentToken(session))
  if (current.status === 401) throw tokenRefused(input)
  if (current.status !== 200) throw toApiError(current, 'The token could not be verified')
  const { expires_at, client, client_id } = toObject(current.data)
  const user = await callApi(session, '/v1/user').catch(() => undefined)
  const { username } = toObject(user?.data)
  const isNamed = typeof username === 'string' && username !== '' && findNameProblem(username) === undefined
  const subject = `account:${isNamed ? username : `${unnamedAccountPrefix}${input.source.name}`}`
  const id = [client, client_id].find((one) => Object.hasOwn(developerClients, String(one))) ?? 'particle'
  const profile = await chooseProfile(input, id as string, subject)
  const expiresAt = typeof expires_at === 'string' ? Date.parse(expires_at) : Number.NaN
  const token = { accessToken, expiresAt: Number.isNaN(expiresAt) ? undefined : expiresAt }
  return { profile, client: developerClient(id as DeveloperClientId), subject, token, isTyped: false }
}

/** The token is one that the person passed: signing in again by password is not what was wanted. */
function tokenRefused({ flags }: LoginInput): CliError {
  const what = 'Particle rejected this token (401).'
  return flags['from-particle-cli']
    ? new CliError('token_refused', { what, remedy: 'Sign in with particle-cli again: particle login' })
    : new CliError('token_refused', { what, remedy: 'Pass a valid one:', command: ['auth login', '--with-token'] })
}

/** Returns the token of particle-cli, and the API that it belongs to. */
export async function readParticleCliToken(): Promise<{ accessToken: Secret; baseUrl: string }> {
  const { particleCliProfile } = await import('@particle-grants/store-file/particle-cli')
  const profile = particleCliProfile()
  const signIn = await profile.read()
  if (signIn !== undefined) return { accessToken: signIn.accessToken, baseUrl: signIn.apiUrl }
  throw new CliError('usage', {
    what: `particle-cli is not signed in (${await profile.path()}).`,
    remedy: 'Run particle login, or leave out --from-particle-cli.',
  })
}
