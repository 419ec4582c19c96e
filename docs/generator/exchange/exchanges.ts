import { defaultAccounts, defaultClients } from '@particle-grants/sandbox'
import type { Exchange, Fields } from './exchange.ts'

const clientNamed = (id: string) => {
  const secret = defaultClients.find((client) => client.id === id)?.secret
  return `${id}:${secret}`
}
const signIn = (username: string): Fields => {
  const password = defaultAccounts.find((account) => account.username === username)?.password ?? ''
  return { username, password }
}

const particle = clientNamed('particle')
const product = clientNamed('my-product-1234')
const scripts = clientNamed('my-scripts-5678')
const developer = signIn('dev@example.com')
const withMfa = signIn('mfa@example.com')
const customer = signIn('jane@example.com')

/** Every exchange that the pages show, by name. Its samples go by the same name. */
export const exchanges = {
  'sign-in': { grant: 'password', client: particle, fields: () => developer },
  'sign-in-mfa': { grant: 'password', client: particle, fields: () => withMfa },
  'sign-in-customer': { grant: 'password', client: product, fields: () => customer },
  otp: {
    grant: 'urn:custom:mfa-otp',
    client: particle,
    async fields({ sandbox, placeholders, send }) {
      const { mfa_token = '' } = await send(particle, { grant_type: 'password', ...withMfa })
      const otp = sandbox.otp('mfa@example.com')
      placeholders.learn('otp', otp)
      return { mfa_token, otp }
    },
  },
  'otp-wrong': {
    grant: 'urn:custom:mfa-otp',
    client: particle,
    async fields({ sandbox, placeholders, send }) {
      const { mfa_token = '' } = await send(particle, { grant_type: 'password', ...withMfa })
      const right = Number(sandbox.otp('mfa@example.com'))
      const otp = `${(right + 500_000) % 1_000_000}`.padStart(6, '0')
      placeholders.learn('otp', otp)
      return { mfa_token, otp }
    },
  },
  'recovery-code': {
    grant: 'urn:custom:recovery-code',
    client: particle,
    async fields({ send }) {
      const { mfa_token = '' } = await send(particle, { grant_type: 'password', ...withMfa })
      const account = defaultAccounts.find(({ username }) => username === withMfa.username)
      return { mfa_token, recovery_code: account?.mfa?.recoveryCodes?.[0] ?? '' }
    },
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
    async fields({ send }) {
      const { refresh_token = '' } = await send(product, { grant_type: 'password', ...customer })
      return { refresh_token }
    },
  },
  'refresh-developer': {
    grant: 'refresh_token',
    client: particle,
    async fields({ send }) {
      const { refresh_token = '' } = await send(particle, { grant_type: 'password', ...developer })
      return { refresh_token }
    },
  },
} as const satisfies Readonly<Record<string, Exchange>>

/** The name of an exchange. */
export type ExchangeId = keyof typeof exchanges
