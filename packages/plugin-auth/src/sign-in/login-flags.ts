import { Flags } from '@oclif/core'

/** In this order secrets stand on stdin, a line for each flag that is given. */
export const stdinFlags = [
  'client-secret-stdin',
  'password-stdin',
  'token-stdin',
  'otp-stdin',
  'recovery-code-stdin',
  'totp-stdin',
] as const

const codes = ['otp-stdin', 'recovery-code-stdin', 'totp-stdin']
const tokens = ['token-stdin', 'from-particle-cli']
const others = (own: string, all: readonly string[]) => all.filter((name) => name !== own)

/** What `auth login` is told by flags. No secret is among them: those come on stdin, or from the environment. */
export const loginFlags = {
  username: Flags.string({
    char: 'u',
    helpGroup: 'WHO',
    summary:
      'The account to sign in as; with a product client, its customer. [env: PARTICLE_GRANTS_USERNAME]',
    exclusive: tokens,
  }),
  'client-id': Flags.string({
    helpGroup: 'WHO',
    summary:
      'The OAuth client; particle, which everyone may use, by default. [env: PARTICLE_GRANTS_CLIENT_ID]',
    exclusive: tokens,
  }),
  'client-kind': Flags.option({
    options: ['product', 'user'] as const,
    helpGroup: 'WHO',
    summary: "Whose client it is: a product's, or one of your own account. product by default.",
  })(),
  customer: Flags.string({
    helpGroup: 'WHO',
    helpValue: 'NAME',
    summary: "A customer of the client's product, for whom a token is asked for without a password.",
    exclusive: [...tokens, 'username'],
  }),
  'password-stdin': Flags.boolean({
    helpGroup: 'SECRETS',
    summary: 'Read the password from stdin. [env: PARTICLE_GRANTS_PASSWORD]',
    exclusive: [...tokens, 'customer'],
  }),
  'client-secret-stdin': Flags.boolean({
    helpGroup: 'SECRETS',
    summary: "Read the client's secret from stdin. [env: PARTICLE_GRANTS_CLIENT_SECRET]",
    exclusive: tokens,
  }),
  'token-stdin': Flags.boolean({
    helpGroup: 'SECRETS',
    summary: "Read an access token from stdin. It won't be refreshed.",
    exclusive: others('token-stdin', [...tokens, ...codes]),
  }),
  'otp-stdin': Flags.boolean({
    helpGroup: 'SECRETS',
    summary: "Read the authenticator's code from stdin; alone, it finishes a sign-in that waits for it.",
    exclusive: others('otp-stdin', codes),
  }),
  'recovery-code-stdin': Flags.boolean({
    helpGroup: 'SECRETS',
    summary:
      'Read a recovery code from stdin instead. May be rejected: Particle documents recovery codes only for login.particle.io.',
    exclusive: others('recovery-code-stdin', codes),
  }),
  'totp-stdin': Flags.boolean({
    helpGroup: 'SECRETS',
    summary:
      "Read the authenticator's key (base32, or an otpauth: address) from stdin, and make the code of it.",
    exclusive: others('totp-stdin', codes),
  }),
  'expires-in': Flags.string({
    helpGroup: 'TOKEN',
    helpValue: 'TIME',
    summary: 'How long the token shall live: seconds, or 30m, 12h, 7d. 90 days by default.',
    exclusive: ['never-expires', ...tokens],
  }),
  'never-expires': Flags.boolean({
    helpGroup: 'TOKEN',
    summary: 'Ask for a token that never expires.',
    exclusive: [...tokens, 'particle-cli'],
  }),
  'particle-cli': Flags.boolean({
    helpGroup: 'TOKEN',
    summary: 'Sign particle-cli in with the same token. Logging out ends it for both.',
  }),
  'from-particle-cli': Flags.boolean({
    helpGroup: 'SECRETS',
    summary: 'Use the token that particle-cli is signed in with.',
    exclusive: others('from-particle-cli', [...tokens, ...codes]),
  }),
}

/** The values of {@link loginFlags}. */
export interface LoginFlags {
  readonly username?: string | undefined
  readonly 'client-id'?: string | undefined
  readonly 'client-kind'?: 'product' | 'user' | undefined
  readonly customer?: string | undefined
  readonly 'password-stdin': boolean
  readonly 'client-secret-stdin': boolean
  readonly 'token-stdin': boolean
  readonly 'otp-stdin': boolean
  readonly 'recovery-code-stdin': boolean
  readonly 'totp-stdin': boolean
  readonly 'expires-in'?: string | undefined
  readonly 'never-expires': boolean
  readonly 'particle-cli': boolean
  readonly 'from-particle-cli': boolean
}
