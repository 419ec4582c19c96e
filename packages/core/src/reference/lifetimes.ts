import type { GrantType } from '../grants/catalogue.ts'
import type { ClientKind } from '../grants/grant.ts'
import type { Fact } from './provenance.ts'

/** How long one kind of token lives. */
export interface Lifetime {
  readonly title: string
  /** What is known of its length; more than one where sources differ, none where nobody has said. */
  readonly seconds: readonly { readonly value: number; readonly fact: Fact }[]
  readonly facts: readonly Fact[]
}

const days = (count: number): number => count * 86_400

/** How long each of the tokens lives. */
export const lifetimes: Readonly<Record<'access_token' | 'refresh_token' | 'mfa_token', Lifetime>> = {
  access_token: {
    title: 'Access token',
    seconds: [
      {
        value: days(90),
        fact: { text: '90 days, unless asked otherwise.', from: ['reported', 'documented', 'observed'] },
      },
    ],
    facts: [
      {
        text: 'Ask for another lifetime with `expires_in` or `expires_at`.',
        from: ['documented', 'server_source'],
      },
      {
        text: '`expires_in=0` asks for a token that never expires. No refresh token comes with it.',
        from: ['server_source'],
      },
      {
        text: 'A negative or non-numeric `expires_in` can yield a token that never expires. Never send one.',
        from: ['server_source'],
      },
      { text: 'A refresh does not remember the lifetime: ask for it each time.', from: ['server_source'] },
    ],
  },
  refresh_token: {
    title: 'Refresh token',
    seconds: [
      {
        value: days(14),
        fact: {
          text: '14 days, which is shorter than the 90 days of the access token that it came with.',
          from: ['documented_secondhand'],
        },
      },
      {
        value: days(90) + days(14),
        fact: {
          text: "The library's default is 14 days beyond the end of the access token, so 104 days with the usual 90.",
          from: ['server_source'],
        },
      },
    ],
    facts: [
      {
        text: 'It is revoked when it is used, before the next one is saved: each is good once.',
        from: ['server_source'],
      },
      { text: 'No call that revokes a refresh token is known.', from: ['unknown'] },
    ],
  },
  mfa_token: {
    title: '`mfa_token`',
    seconds: [],
    facts: [
      { text: 'How long it lives is not known, nor whether a wrong code spends it.', from: ['unknown'] },
      {
        text: "Particle's CLI asks for the code up to three times with the same `mfa_token`.",
        from: ['clients'],
      },
    ],
  },
}

/** Whose token it is, and by which client and grant it came. How it is renewed follows from the catalogue. */
export interface TokenLife {
  readonly title: string
  readonly client: ClientKind
  readonly grant: GrantType
  readonly facts: readonly Fact[]
}

/** The lives of tokens that the reference draws: a developer's, a product's, a customer's, and your own client's. */
export const tokenLives: Readonly<Record<'developer' | 'product' | 'customer' | 'user', TokenLife>> = {
  developer: {
    title: "A developer's token",
    client: 'developer',
    grant: 'password',
    facts: [
      {
        text: 'It lives 90 days, and then you sign in again. The `refresh_token` that came with it does not work.',
        from: ['reported', 'documented'],
      },
    ],
  },
  product: {
    title: "A product's token",
    client: 'product',
    grant: 'client_credentials',
    facts: [
      {
        text: "When it ends, ask again with the client's id and secret. That is simpler than refreshing, which needs the same secret.",
        from: ['documented_secondhand', 'server_source'],
      },
    ],
  },
  customer: {
    title: "A customer's token",
    client: 'product',
    grant: 'password',
    facts: [
      {
        text: "A customer's sign-in with a password can be refreshed with the product's client, each refresh token once.",
        from: ['documented', 'server_source'],
      },
      {
        text: 'If the 14 days hold, a refresh on day 90 comes too late and fails. Refresh within them, or ask with `client_credentials` and `scope=customer=…`.',
        from: ['documented_secondhand'],
      },
      {
        text: 'A back end needs no password: `client_credentials` with `scope=customer=…` gives the same customer a token at any time.',
        from: ['documented', 'server_source'],
      },
    ],
  },
  user: {
    title: "A token of your own account's client",
    client: 'user',
    grant: 'client_credentials',
    facts: [
      {
        text: "When it ends, ask again with the client's id and secret.",
        from: ['documented', 'server_source'],
      },
    ],
  },
}
