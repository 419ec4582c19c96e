import type { ClientKind, GrantType } from '@particle-grants/core/protocol'
import type { Fact } from './sources.ts'

/** A kind of token: how to get it, what it may do, how long it is valid. The kinds are compared in one table. */
export interface TokenKind {
  readonly title: string
  /** How to request it. Absent where the token does not come from the token endpoint. */
  readonly client?: ClientKind
  readonly grant?: GrantType
  /** The situation in which it is the right choice. */
  readonly chooseFor: string
  /** Whose token it is. */
  readonly owner: string
  /** What the token may do. */
  readonly permissions: Fact
  readonly expiry: Fact
  readonly renewal: Fact
  readonly mfa: Fact
  /** What Particle recommends, and what to consider. */
  readonly advice: readonly [Fact, ...Fact[]]
}

const ninetyDays: Fact = { text: '90 days, unless you request another lifetime.', from: ['documented'] }
const requestAgain: Fact = {
  text: "Request a new one with the client's id and secret. A refresh needs the same secret, so it has no advantage.",
  from: ['documented_secondhand', 'server_source'],
}
const noMfa: Fact = { text: 'Not required.', from: ['reported', 'documented', 'server_source'] }

/** The kinds of token that a program can use. */
export const tokenKinds = {
  api_user: {
    title: "An API user's token",
    chooseFor: 'A server or CI that needs only certain calls.',
    owner: 'A product or an organisation',
    permissions: {
      text: 'What its scopes list. `/v1/user` and other calls for people are answered with 400 `unauthorized`.',
      from: ['documented'],
    },
    expiry: { text: 'It never expires.', from: ['documented'] },
    renewal: {
      text: 'Not needed. Updating its scopes issues a new token and invalidates the old one.',
      from: ['documented'],
    },
    mfa: { text: 'Not required: there is no sign-in.', from: ['inferred'] },
    advice: [{ text: 'The documentation recommends API users for servers.', from: ['documented'] }],
  },
  product: {
    title: "A product's token",
    chooseFor: "Your product's back end.",
    owner: 'The product',
    client: 'product',
    grant: 'client_credentials',
    permissions: { text: 'The devices and customers of that product, and nothing else.', from: ['documented'] },
    expiry: ninetyDays,
    renewal: requestAgain,
    mfa: noMfa,
    advice: [{ text: 'Particle recommends that your back end makes all API calls.', from: ['documented'] }],
  },
  customer: {
    title: "A customer's token, requested by your back end",
    chooseFor: 'A back end that acts for one customer at a time.',
    owner: 'A customer of the product',
    client: 'product',
    grant: 'client_credentials',
    permissions: { text: "That customer's own devices.", from: ['documented'] },
    expiry: ninetyDays,
    renewal: requestAgain,
    mfa: noMfa,
    advice: [
      {
        text: 'Particle no longer recommends customer accounts for new products: it recommends that your back end makes all API calls.',
        from: ['documented'],
      },
      {
        text: 'Send `scope=customer=…`. Your back end needs no password of the customer.',
        from: ['documented', 'server_source'],
      },
    ],
  },
  customer_password: {
    title: "A customer's token, requested with the customer's password",
    chooseFor: 'An existing app whose customers have passwords at Particle.',
    owner: 'A customer of the product',
    client: 'product',
    grant: 'password',
    permissions: { text: "That customer's own devices.", from: ['documented'] },
    expiry: ninetyDays,
    renewal: {
      text: "Refresh it with the product's client. Each refresh token can be used once. If it is valid for only 14 days, a refresh on day 90 fails: refresh earlier, or use `client_credentials` with `scope=customer=…`.",
      from: ['documented', 'documented_secondhand', 'server_source'],
    },
    mfa: { text: 'The server library can require it for a customer too.', from: ['server_source'] },
    advice: [
      {
        text: 'Particle no longer recommends customer accounts for new products: it recommends that your back end makes all API calls.',
        from: ['documented'],
      },
    ],
  },
  user: {
    title: "A token from your own account's client",
    chooseFor: 'A script that works with your account, without your password.',
    owner: 'You',
    client: 'user',
    grant: 'client_credentials',
    permissions: { text: 'Your own account.', from: ['documented'] },
    expiry: ninetyDays,
    renewal: { text: "Request a new one with the client's id and secret.", from: ['documented', 'server_source'] },
    mfa: noMfa,
    advice: [
      { text: 'For scripts that work with your account and should not know your password.', from: ['inferred'] },
    ],
  },
  developer: {
    title: "A developer's token",
    chooseFor: 'Your own tool, on your own machine.',
    owner: 'You',
    client: 'developer',
    grant: 'password',
    permissions: { text: 'Everything the account may do, in all its products.', from: ['documented'] },
    expiry: ninetyDays,
    renewal: {
      text: 'Not possible: sign in again. The `refresh_token` in the response does not work.',
      from: ['reported', 'documented'],
    },
    mfa: {
      text: 'Required if the account has MFA: send a second request.',
      from: ['reported', 'documented', 'server_source'],
    },
    advice: [
      { text: 'RFC 9700, section 2.4, says that new designs must not use the password grant.', from: ['standard'] },
      { text: 'Particle offers developers no other sign-in for programs without a browser.', from: ['inferred'] },
    ],
  },
} as const satisfies Readonly<Record<string, TokenKind>>

/** The name of a kind of token. */
export type TokenKindId = keyof typeof tokenKinds
