import { defaultAccounts, defaultClients } from '@particle-grants/sandbox'
import { type Exchange, type Fields, type Recording, record, type Stage } from './exchange.ts'

const clientNamed = (id: string) => `${id}:${defaultClients.find((client) => client.id === id)?.secret}`
const accountNamed = (name: string) => defaultAccounts.find(({ username }) => username === name)
const signIn = (username: string): Fields => ({ username, password: accountNamed(username)?.password ?? '' })

const particle = clientNamed('particle')
const product = clientNamed('my-product-1234')
const scripts = clientNamed('my-scripts-5678')
const developer = signIn('dev@example.com')
const withMfa = signIn('mfa@example.com')
const customer = signIn('jane@example.com')

async function mfaToken(stage: Stage): Promise<string> {
  const { mfa_token = '' } = await stage.send(particle, { grant_type: 'password', ...withMfa })
  return mfa_token
}

async function refreshToken(stage: Stage, client: string, account: Fields): Promise<Fields> {
  const { refresh_token = '' } = await stage.send(client, { grant_type: 'password', ...account })
  return { refresh_token }
}

/** Starts a sign-in with MFA, and returns the fields that send a code. */
async function withCode(stage: Stage, code: string): Promise<Fields> {
  stage.placeholders.learn('otp', code)
  return { mfa_token: await mfaToken(stage), otp: code }
}

/** Every exchange that the pages show, by name. Its samples go by the same name. */
export const exchanges = {
  'sign-in': { grant: 'password', client: particle, fields: () => developer },
  'sign-in-mfa': { grant: 'password', client: particle, fields: () => withMfa },
  'sign-in-customer': { grant: 'password', client: product, fields: () => customer },
  otp: {
    grant: 'urn:custom:mfa-otp',
    client: particle,
    fields: (stage) => withCode(stage, stage.sandbox.otp('mfa@example.com')),
  },
  'otp-wrong': {
    grant: 'urn:custom:mfa-otp',
    client: particle,
    fields(stage) {
      const right = Number(stage.sandbox.otp('mfa@example.com'))
      return withCode(stage, `${(right + 500_000) % 1_000_000}`.padStart(6, '0'))
    },
  },
  'recovery-code': {
    grant: 'urn:custom:recovery-code',
    client: particle,
    fields: async (stage) => ({
      mfa_token: await mfaToken(stage),
      recovery_code: accountNamed('mfa@example.com')?.mfa?.recoveryCodes?.[0] ?? '',
    }),
  },
  'client-owner': { grant: 'client_credentials', client: product, fields: () => ({}) },
  'client-customer': {
    grant: 'client_credentials',
    client: product,
    fields: () => ({ scope: `customer=${customer.username}` }),
  },
  'client-user': { grant: 'client_credentials', client: scripts, fields: () => ({}) },
  refresh: {
    grant: 'refresh_token',
    client: product,
    fields: (stage) => refreshToken(stage, product, customer),
  },
  'refresh-developer': {
    grant: 'refresh_token',
    client: particle,
    fields: (stage) => refreshToken(stage, particle, developer),
  },
} as const satisfies Readonly<Record<string, Exchange>>

/** The name of an exchange. */
export type ExchangeId = keyof typeof exchanges

/** Every exchange, performed. */
export type Recordings = Readonly<Record<ExchangeId, Recording>>

/** Performs every exchange, each with a new sandbox. */
export async function recordAll(): Promise<Recordings> {
  const recorded = await Promise.all(
    Object.entries(exchanges).map(async ([id, exchange]) => [id, await record(exchange)] as const),
  )
  return Object.fromEntries(recorded) as Recordings
}
