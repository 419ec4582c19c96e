import type { GrantType } from '../grants/catalogue.ts'
import type { Fact } from './provenance.ts'

/** A grant type that is known and that this project does not serve. */
export interface NotServed {
  readonly title: string
  readonly facts: readonly [Fact, ...Fact[]]
  /** Why this project leaves it out. */
  readonly why: string
  readonly instead: string
  /** The grant to use instead, where there is one. */
  readonly insteadGrant: GrantType | undefined
}

/** What is known and not served, by its `grant_type` (for the implicit grant, the name of the flow). */
export const notServed = {
  authorization_code: {
    title: 'Authorization code',
    facts: [{ text: 'It exists for web clients (`type=web`).', from: ['documented', 'server_source'] }],
    why: 'It needs a browser, a redirect and a client made for it: another job than a token for a script or a back end.',
    instead: "Use `client_credentials` with `scope=customer=…` for your product's customers.",
    insteadGrant: 'client_credentials',
  },
  implicit: {
    title: 'Implicit',
    facts: [
      {
        text: 'It exists for web clients (`type=web`), and gives a token without going through the token endpoint.',
        from: ['documented', 'server_source'],
      },
    ],
    why: 'It puts tokens into URLs, and needs a browser and a redirect.',
    instead: 'Keep tokens in a back end: `client_credentials` with `scope=customer=…`.',
    insteadGrant: 'client_credentials',
  },
  'urn:custom:demo_account': {
    title: 'Demo account',
    facts: [
      {
        text: 'It takes an email and `accepts_terms=true`. It is internal, and newer than version 3.2.3 of the library.',
        from: ['server_source'],
      },
    ],
    why: "It is Particle's own, and not meant for others.",
    instead: "Test against this project's sandbox, or make an account.",
    insteadGrant: undefined,
  },
  'urn:custom:mfa-token': {
    title: 'A misspelling',
    facts: [
      {
        text: 'The report named the second step so once, and `urn:custom:mfa-otp` otherwise. The server knows only the latter.',
        from: ['reported', 'server_source'],
      },
    ],
    why: 'There is no such grant.',
    instead: 'Use `urn:custom:mfa-otp`. `mfa_token` is one of its fields.',
    insteadGrant: 'urn:custom:mfa-otp',
  },
} as const satisfies Readonly<Record<string, NotServed>>

/** The name of something that is known and not served. */
export type NotServedId = keyof typeof notServed
