import {
  type AccountSubject,
  account,
  type CustomerSubject,
  customer,
  type OAuthClient,
  type Secret,
} from '@particle-grants/core'
import { type ClientKind, developerClients } from '@particle-grants/core/protocol'
import type { Reporter } from '../command/grants-command.ts'
import { createClient } from '../connection/connection.ts'
import type { SignIn } from '../connection/profiles.ts'
import { CliError } from '../errors/cli-error.ts'
import { formatAccount, getAccountName } from '../output/format.ts'
import { promptChoice, promptSecret, promptText } from '../output/prompts.ts'
import { type LoginFlags, type LoginSecrets, parseToken } from './flags.ts'

/** How to sign in, with everything that is needed. */
export type LoginRequest = PasswordRequest | ClientRequest | TokenRequest

export interface PasswordRequest {
  readonly kind: 'password'
  readonly client: OAuthClient
  readonly subject: AccountSubject | CustomerSubject
  readonly password: Secret
  /** Whether a person typed the password for this request: it passes the back-off. */
  readonly isTyped: boolean
}

interface ClientRequest {
  readonly kind: 'client'
  readonly client: OAuthClient
  /** Undefined: the client's owner. */
  readonly customer: CustomerSubject | undefined
  readonly isTyped: boolean
}

interface TokenRequest {
  readonly kind: 'token'
  readonly accessToken: Secret
}

/** What the request is made from. */
export interface LoginInput {
  readonly flags: LoginFlags
  readonly secrets: LoginSecrets
  readonly canPrompt: boolean
  /** The profile, and its sign-in so far. */
  readonly profile: {
    readonly name: string
    readonly current: SignIn | undefined
    readonly isSignedIn: boolean
  }
  readonly reporter: Reporter
}

/** Resolves flags, stdin and environment to a request. Prompts for what is missing. */
export async function resolveLogin(input: LoginInput): Promise<LoginRequest> {
  const { flags, secrets, canPrompt, reporter } = input
  if (flags['from-particle-cli']) {
    return { kind: 'token', accessToken: (await readParticleCliToken()).accessToken }
  }
  if (secrets.token !== undefined) return { kind: 'token', accessToken: secrets.token }
  if (flags['with-token']) {
    const typed = await promptSecret({ message: 'Access token:', flag: '--with-token' })
    return { kind: 'token', accessToken: parseToken(typed) }
  }
  const clientId = flags['client-id'] ?? getVariable('PARTICLE_GRANTS_CLIENT_ID')
  const username = flags.username ?? getVariable('PARTICLE_GRANTS_USERNAME')
  if (clientId !== undefined && !Object.hasOwn(developerClients, clientId)) {
    return resolveOwnClient(input, clientId, username)
  }
  if (flags.customer !== undefined) throw needsProductClient()
  if (username === undefined && !canPrompt) throw noCredentials()
  if (username === undefined && clientId === undefined && secrets.password === undefined) {
    const help = reporter.formatCommand('auth login', '--help')
    reporter.note(`Sign in with your Particle account. For an access token or an OAuth client, see:\n  ${help}`)
  }
  const client = createClient({ kind: 'developer', id: clientId ?? 'particle' }, '')
  return resolvePassword(input, client, username)
}

/** A product client, or a client of the user's own account. */
async function resolveOwnClient(input: LoginInput, id: string, username: string | undefined): Promise<LoginRequest> {
  const { flags, secrets } = input
  const kind = await resolveClientKind(input, id, username)
  if (flags.customer !== undefined && kind !== 'product') throw needsProductClient()
  const holder = flags.customer === undefined ? undefined : parseCustomerName(flags.customer)
  if (username === undefined) {
    await confirmAccount(input, id, holder === undefined ? 'owner' : `customer:${holder.name}`)
  }
  const given = secrets.clientSecret
  const secret = given ?? (await promptMissing(input, `Client secret of ${id}:`, '--client-secret-stdin'))
  const client = createClient({ kind, id }, secret)
  if (username !== undefined) return resolvePassword(input, client, username)
  return { kind: 'client', client, customer: holder, isTyped: given === undefined }
}

/** A client's token does not show its type: it comes from a flag, the profile, or a prompt. */
async function resolveClientKind(
  { flags, profile: { current }, canPrompt, reporter }: LoginInput,
  id: string,
  username: string | undefined,
): Promise<ClientKind> {
  if (flags['client-kind'] !== undefined) return flags['client-kind']
  if (current?.client.id === id) return current.client.kind
  if (flags.customer !== undefined || username !== undefined) return 'product'
  if (canPrompt) {
    return promptChoice({
      message: `What type of client is ${id}?`,
      flag: '--client-kind',
      choices: [
        { value: 'product', name: 'A product client', description: 'Created under a product in the Console' },
        { value: 'user', name: 'A client of your own account', description: 'Created under your account' },
      ] as const,
    })
  }
  reporter.caution(`${id} is used as a product client. If it belongs to your account, use --client-kind user.`)
  return 'product'
}

async function resolvePassword(
  input: LoginInput,
  client: OAuthClient,
  username: string | undefined,
): Promise<PasswordRequest> {
  const { secrets } = input
  const { current } = input.profile
  const known = current?.subject.startsWith('account:') ? getAccountName(current) : null
  const name =
    username ??
    (await promptText({
      message: 'Username (email):',
      flag: '--username',
      default: known ?? undefined,
      validate: findNameProblem,
    }))
  const problem = findNameProblem(name)
  if (problem !== undefined) throw new CliError('usage', { what: problem, remedy: 'Pass it with --username.' })
  const subject = client.kind === 'product' ? customer(name) : account(name)
  await confirmAccount(input, client.id, `${subject.type}:${subject.name}`)
  const given = secrets.password
  const password = given ?? (await promptMissing(input, 'Password:', '--password-stdin'))
  return { kind: 'password', client, subject, password, isTyped: given === undefined }
}

/** Prompts for the password again, and for nothing else: a password typed at another prompt would be shown. */
export async function promptPasswordAgain(request: PasswordRequest): Promise<PasswordRequest> {
  return { ...request, password: await promptSecret({ message: 'Password:', flag: '--password-stdin' }) }
}

/** Asks before the account of a profile is replaced, and before its secret is typed. */
async function confirmAccount(
  { profile: { name, current, isSignedIn }, canPrompt }: LoginInput,
  clientId: string,
  subject: string,
): Promise<void> {
  const isSame = current?.client.id === clientId && current.subject === subject
  if (current === undefined || isSame || !isSignedIn || !canPrompt) return
  const isReplaced = await promptChoice({
    message: `Profile ${name} is signed in as ${formatAccount(current)}.`,
    flag: '--profile',
    choices: [
      { value: false, name: 'Keep it' },
      { value: true, name: 'Replace it' },
    ],
  })
  if (isReplaced) return
  throw new CliError('interrupted', {
    what: 'Nothing was changed.',
    remedy: 'To keep both accounts, sign in with --profile and another name.',
  })
}

function findNameProblem(name: string): string | undefined {
  return /[\s\p{Cc}]/u.test(name) ? "Invalid username: it can't contain spaces." : undefined
}

function parseCustomerName(name: string): CustomerSubject {
  if (name !== '' && findNameProblem(name) === undefined) return customer(name)
  throw new CliError('usage', {
    what: "--customer must be an email address or an ID, and can't contain spaces.",
  })
}

function promptMissing({ canPrompt }: LoginInput, message: string, flag: string): Promise<Secret> {
  if (canPrompt) return promptSecret({ message, flag })
  const name = message.replace(/:$/, '')
  throw new CliError('no_terminal', { what: `${name} required.`, remedy: `Pass it with ${flag}.` })
}

function noCredentials(): CliError {
  return new CliError('no_terminal', {
    what: 'No terminal, and no credentials given.',
    remedy: 'Use --username with --password-stdin, --client-id with --client-secret-stdin, or --with-token.',
  })
}

function needsProductClient(): CliError {
  return new CliError('usage', {
    what: '--customer needs an OAuth client of the product.',
    remedy:
      'Pass its ID with --client-id. You create one in the Console, in the Authentication section of the product.',
  })
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

function getVariable(name: string): string | undefined {
  const value = process.env[name]?.trim()
  return value === '' ? undefined : value
}
