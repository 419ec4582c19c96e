import type { GrantType } from '@particle-grants/core/protocol'
import type { Fact } from './sources.ts'

/** A known grant type that this project does not support. */
export interface UnsupportedGrant {
  readonly title: string
  readonly facts: readonly [Fact, ...Fact[]]
  /** Why this project does not support it. */
  readonly reason: string
  /** What to do instead. */
  readonly alternative: string
  /** The grant to use instead, if there is one. */
  readonly alternativeGrant: GrantType | undefined
}

/** Known grant types that are not supported here, by their `grant_type` or the name of the flow. */
export const unsupportedGrants = {
  authorization_code: {
    title: 'Log in with Particle (authorization code)',
    facts: [
      {
        text: 'The browser opens `GET /oauth/authorize?response_type=code` with `client_id`, `redirect_uri`, `scope` and `state`. The program then sends the `code` from the redirect to the token endpoint.',
        from: ['documented_secondhand', 'server_source'],
      },
      { text: 'It needs a client of `type=web`.', from: ['clients'] },
      {
        text: '`redirect_uri` is required in the first step and ignored in the second. There is no PKCE, and `state` is appended to the redirect unencoded.',
        from: ['server_source'],
      },
      { text: 'Whether a code can be used twice on the live service is not known.', from: ['unknown'] },
    ],
    reason: 'It needs a browser, a redirect and a web client.',
    alternative: "Use `client_credentials` with `scope=customer=…` for your product's customers.",
    alternativeGrant: 'client_credentials',
  },
  implicit: {
    title: 'Implicit',
    facts: [{ text: 'Old posts use it to get a token without the token endpoint.', from: ['community'] }],
    reason: 'It puts tokens into URLs, and needs a browser and a redirect.',
    alternative: 'Keep tokens in a back end: `client_credentials` with `scope=customer=…`.',
    alternativeGrant: 'client_credentials',
  },
  'urn:ietf:params:oauth:grant-type:device_code': {
    title: "Sign-in through a company's SSO (device authorization)",
    facts: [
      {
        text: "`particle login --sso` uses it at Particle's identity provider, `id.particle.io`, not at the token endpoint.",
        from: ['clients'],
      },
      {
        text: 'The access token of the response is a JWT. Its claim `particle_profile` is the Particle access token.',
        from: ['clients'],
      },
      { text: 'There is no refresh token.', from: ['clients'] },
      {
        text: 'Which audience the JWT has, and whether its issuer is `https://id.particle.io/oauth2/default`, is not known: particle-cli checks neither.',
        from: ['unknown'],
      },
      {
        text: "Whether Particle wants other programs to use its CLI's client id there is not known.",
        from: ['unknown'],
      },
    ],
    reason: 'It is a grant of another server: the package for it is `@particle-grants/sso`.',
    alternative:
      'Use `@particle-grants/sso` in a program. Or run `particle login --sso`, and use the access token from it.',
    alternativeGrant: undefined,
  },
  'urn:custom:demo_account': {
    title: 'Demo account',
    facts: [
      {
        text: 'It takes `email` and `accepts_terms=true`. The response has `expires_at` and no refresh token, and there is an error 403 `demo_read_only`. It exists since version 3.3 of the server library.',
        from: ['server_source'],
      },
    ],
    reason: "It is Particle's own and not meant for other programs.",
    alternative: "Test with this project's sandbox, or create an account.",
    alternativeGrant: undefined,
  },
  'urn:custom:mfa-token': {
    title: 'A misspelling',
    facts: [
      {
        text: 'Some texts write it by mistake. The server knows only `urn:custom:mfa-otp`.',
        from: ['reported', 'server_source'],
      },
    ],
    reason: 'There is no such grant.',
    alternative: 'Use `urn:custom:mfa-otp`. `mfa_token` is one of its fields.',
    alternativeGrant: 'urn:custom:mfa-otp',
  },
} as const satisfies Readonly<Record<string, UnsupportedGrant>>

/** The name of an unsupported grant. */
export type UnsupportedGrantId = keyof typeof unsupportedGrants
