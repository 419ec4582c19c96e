import type { Fact } from './sources.ts'

/** How long one kind of token is valid. */
export interface Lifetime {
  readonly title: string
  /** What is known of its length: several values where sources differ, none where it is not known. */
  readonly seconds: readonly { readonly value: number; readonly fact: Fact }[]
  readonly facts: readonly Fact[]
}

const toSeconds = (days: number): number => days * 86_400

/** How long each token of the token endpoint is valid. */
export const lifetimes: Readonly<Record<'access_token' | 'refresh_token' | 'mfa_token', Lifetime>> = {
  access_token: {
    title: 'Access token',
    seconds: [
      {
        value: toSeconds(90),
        fact: { text: '90 days, unless you request another lifetime.', from: ['reported', 'documented', 'observed'] },
      },
    ],
    facts: [
      {
        text: 'Request another lifetime with `expires_in` or `expires_at`.',
        from: ['documented_secondhand', 'observed'],
      },
      { text: '`expires_in=0` requests a token that never expires.', from: ['clients'] },
      { text: 'A token that never expires has no refresh token.', from: ['server_source'] },
      {
        text: 'A negative or non-numeric `expires_in` could return a token that never expires. Never send one.',
        from: ['inferred'],
      },
      { text: 'A refresh does not remember the lifetime: request it each time.', from: ['server_source'] },
    ],
  },
  refresh_token: {
    title: 'Refresh token',
    seconds: [
      {
        value: toSeconds(14),
        fact: {
          text: '14 days, which is shorter than the 90 days of its access token.',
          from: ['documented_secondhand'],
        },
      },
      {
        value: toSeconds(90 + 14),
        fact: {
          text: "The server library's default is 14 days after the expiry of the access token: 104 days with the usual 90.",
          from: ['server_source'],
        },
      },
    ],
    facts: [
      {
        text: 'The server revokes it when it is used, before it saves the next one. Each can be used once.',
        from: ['server_source'],
      },
      { text: 'No call that revokes a refresh token is known.', from: ['unknown'] },
    ],
  },
  mfa_token: {
    title: '`mfa_token`',
    seconds: [],
    facts: [
      { text: 'How long it is valid, and whether a wrong code invalidates it, is not known.', from: ['unknown'] },
      { text: "Particle's CLI accepts three codes for the same `mfa_token`.", from: ['clients'] },
    ],
  },
}
