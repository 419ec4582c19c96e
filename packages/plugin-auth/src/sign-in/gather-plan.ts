import { customer, type OAuthClient, type Secret } from '@particle-grants/core'
import { type ClientKind, developerClients } from '@particle-grants/core/protocol'
import { clientOf } from '../connection/client-secrets.ts'
import type { SignIn } from '../connection/profile.ts'
import { CliError } from '../errors/cli-error.ts'
import { askChoice, askSecret, askText } from '../terminal/prompts.ts'
import type { LoginFlags } from './login-flags.ts'
import type { LoginSecrets } from './login-secrets.ts'
import type { SignInPlan } from './plan.ts'
import { tokenOfParticleCli } from './share-with-particle-cli.ts'

/** What a plan is made from. */
export interface PlanInputs {
  readonly flags: LoginFlags
  readonly secrets: LoginSecrets
  readonly mayAsk: boolean
  /** What the profile is signed in with, for suggestions. */
  readonly before: SignIn | undefined
  readonly env: Readonly<Record<string, string | undefined>>
}

/** Makes a plan of flags, environment and stdin, and asks for what is missing where somebody can be asked. */
export async function gatherPlan(inputs: PlanInputs): Promise<SignInPlan> {
  const { flags, secrets, env } = inputs
  if (flags['from-particle-cli'])
    return { by: 'token', accessToken: (await tokenOfParticleCli()).accessToken }
  if (secrets.token !== undefined) return { by: 'token', accessToken: secrets.token }
  const username = flags.username ?? filled(env.PARTICLE_GRANTS_USERNAME)
  const clientId = flags['client-id'] ?? filled(env.PARTICLE_GRANTS_CLIENT_ID)
  const isOwnClient = clientId !== undefined && !Object.hasOwn(developerClients, clientId)
  if (isOwnClient) return planOfClient(inputs, { clientId, username })
  if (flags.customer !== undefined) throw needsProductClient()
  if (username !== undefined) return planOfPassword(inputs, developer(clientId), username)
  if (!inputs.mayAsk) throw nothingToGoOn()
  if (clientId !== undefined || secrets.password !== undefined)
    return planOfPassword(inputs, developer(clientId))
  return askForPlan(inputs)
}

async function askForPlan(inputs: PlanInputs): Promise<SignInPlan> {
  const way = await askChoice({
    message: 'Who are you?',
    instead: '--username, --client-id or --token-stdin',
    choices: [
      {
        value: 'account',
        name: 'I have a Particle account',
        description: 'Username and password, and a code if you have two-step authentication',
      },
      {
        value: 'product',
        name: 'I have an OAuth client of a product',
        description: 'Its id and secret, for the product or one of its customers',
      },
      {
        value: 'user',
        name: 'I have an OAuth client of my own account',
        description: 'Its id and secret, for scripts of your own: no password, no code',
      },
      {
        value: 'token',
        name: 'I have an access token',
        description: 'From the Console, an API user, SSO or particle-cli',
      },
    ] as const,
  })
  if (way === 'token') {
    const accessToken = await askSecret({ message: 'Access token:', instead: '--token-stdin' })
    return { by: 'token', accessToken }
  }
  if (way === 'account') return planOfPassword(inputs, developer(undefined))
  const clientId = await askText({ message: 'Client id:', instead: '--client-id' })
  if (Object.hasOwn(developerClients, clientId)) throw needsOwnClient()
  const client = await ownClient(inputs, { id: clientId, kind: way })
  const isTyped = inputs.secrets.clientSecret === undefined
  if (way === 'user') return { by: 'client', client, customer: undefined, isTyped }
  const whose = await askChoice({
    message: 'For whom is the token?',
    instead: '--customer',
    choices: [
      { value: 'owner', name: 'The product itself' },
      { value: 'customer', name: 'One of its customers' },
    ] as const,
  })
  if (whose === 'owner') return { by: 'client', client, customer: undefined, isTyped }
  const name = await askText({ message: 'Customer (email or id):', instead: '--customer' })
  return { by: 'client', client, customer: customer(name), isTyped }
}

async function planOfClient(
  inputs: PlanInputs,
  { clientId, username }: { clientId: string; username: string | undefined },
): Promise<SignInPlan> {
  const client = await ownClient(inputs, { id: clientId, kind: kindOf(inputs, clientId) })
  if (username !== undefined) return planOfPassword(inputs, client, username)
  const { customer: name } = inputs.flags
  if (name !== undefined && client.kind !== 'product') throw needsProductClient()
  return {
    by: 'client',
    client,
    customer: name === undefined ? undefined : customer(name),
    isTyped: inputs.secrets.clientSecret === undefined,
  }
}

/** Asks for the password again, and for nothing else: a password typed at a prompt for the account would be visible. */
export function askPasswordAgain(
  inputs: PlanInputs,
  { client, username }: Extract<SignInPlan, { by: 'password' }>,
): Promise<SignInPlan> {
  return planOfPassword(inputs, client, username)
}

async function planOfPassword(inputs: PlanInputs, client: OAuthClient, given?: string): Promise<SignInPlan> {
  const { secrets, before } = inputs
  const known = before?.subject.startsWith('account:') ? before.subject.slice('account:'.length) : undefined
  const username =
    given ?? (await askText({ message: 'Account (email):', instead: '--username', default: known }))
  const password = secrets.password ?? (await askFor(inputs, 'Password:', '--password-stdin'))
  return { by: 'password', client, username, password, isTyped: secrets.password === undefined }
}

/** As the flag says, else as the profile has the client, else a product's. */
function kindOf({ flags, before }: PlanInputs, id: string): ClientKind {
  return flags['client-kind'] ?? (before?.client.id === id ? before.client.kind : 'product')
}

async function ownClient(
  inputs: PlanInputs,
  { id, kind }: { readonly id: string; readonly kind: ClientKind },
): Promise<OAuthClient> {
  const secret =
    inputs.secrets.clientSecret ?? (await askFor(inputs, `Secret of ${id}:`, '--client-secret-stdin'))
  return clientOf({ baseUrl: '', client: { kind, id } }, secret)
}

function developer(id: string | undefined): OAuthClient {
  return clientOf({ baseUrl: '', client: { kind: 'developer', id: id ?? 'particle' } }, '')
}

function askFor({ mayAsk }: PlanInputs, message: string, instead: string): Promise<Secret> {
  if (mayAsk) return askSecret({ message, instead })
  throw new CliError('no_terminal', {
    what: `A secret is missing, and there is no terminal to ask at: ${message.replace(/:$/, '')}`,
    remedy: `Use ${instead}.`,
  })
}

function nothingToGoOn(): CliError {
  return new CliError('no_terminal', {
    what: 'There is no terminal to ask at, and nothing says who signs in.',
    remedy:
      'Use --username with --password-stdin, --client-id with --client-secret-stdin, or --token-stdin. See %bin% auth login --help.',
  })
}

function needsProductClient(): CliError {
  return new CliError('usage', {
    what: "A customer's token, or a product's, needs an OAuth client of that product.",
    remedy: 'Name it with --client-id. One is made in the Console, under the product, at Authentication.',
  })
}

function needsOwnClient(): CliError {
  return new CliError('usage', {
    what: 'That is one of the clients which everyone may use, and none of your own.',
    remedy: 'One is made in the Console, at Authentication. To sign in without one, choose your account.',
  })
}

function filled(value: string | undefined): string | undefined {
  return value === undefined || value.trim() === '' ? undefined : value.trim()
}
