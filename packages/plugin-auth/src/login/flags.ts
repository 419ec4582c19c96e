import { Flags, type Interfaces } from '@oclif/core'
import { Secret } from '@particle-grants/core'
import type { ProfileSource } from '@particle-grants/node/profiles'
import type { Connections } from '@particle-grants/node/sessions'
import type { Reporter } from '../command/grants-command.ts'
import { CliError } from '../errors/cli-error.ts'
import { readSecrets } from '../output/stdin.ts'

/** The flags that read a secret from stdin, in the order of its lines. */
export const stdinFlags = [
  'client-secret-stdin',
  'password-stdin',
  'with-token',
  'otp-stdin',
  'recovery-code-stdin',
  'totp-stdin',
] as const

const account = { helpGroup: 'ACCOUNT' }
const credential = (summary: string, exclusive: string[] = []) =>
  Flags.boolean({ helpGroup: 'CREDENTIALS', summary, exclusive })

/** What signs in otherwise than a token that exists already. */
const otherFlags = [
  'sso',
  ...['username', 'client-id', 'customer', 'expires-in', 'client-secret-stdin', 'password-stdin'],
  ...['otp-stdin', 'recovery-code-stdin', 'totp-stdin'],
]

/** The flags of `auth login`. None takes a secret: secrets are read from stdin or the environment. */
export const loginFlags = {
  username: Flags.string({
    ...account,
    char: 'u',
    summary: "Username, or a product client's customer. [env: PARTICLE_GRANTS_USERNAME]",
  }),
  'client-id': Flags.string({
    ...account,
    summary: 'OAuth client ID (default: particle, the public client). [env: PARTICLE_GRANTS_CLIENT_ID]',
  }),
  'client-kind': Flags.option({
    ...account,
    options: ['product', 'user'] as const,
    summary: 'Client type (default: product).',
  })(),
  customer: Flags.string({
    ...account,
    helpValue: 'NAME',
    summary: 'Get a token for this product customer (no password needed).',
    exclusive: ['username', 'password-stdin'],
  }),
  'password-stdin': credential('Read the password from stdin. [env: PARTICLE_GRANTS_PASSWORD]'),
  'client-secret-stdin': credential('Read the client secret from stdin. [env: PARTICLE_GRANTS_CLIENT_SECRET]'),
  'with-token': credential("Read an access token from stdin. It is verified, and won't be refreshed.", otherFlags),
  'from-particle-cli': credential('Use the access token of particle-cli.', ['with-token', ...otherFlags]),
  sso: credential("Sign in through your company's SSO, with a browser.", [
    'username',
    'customer',
    'client-id',
    'password-stdin',
  ]),
  'otp-stdin': credential('Read the MFA code from stdin. Alone, it completes a sign-in that ended with exit code 4.', [
    'recovery-code-stdin',
    'totp-stdin',
  ]),
  'recovery-code-stdin': credential(
    'Read a recovery code from stdin. May be rejected: Particle documents recovery codes only for login.particle.io.',
    ['totp-stdin'],
  ),
  'totp-stdin': credential('Read the TOTP secret (base32 or otpauth: URI) from stdin and generate the code.'),
  qr: Flags.boolean({ helpGroup: 'SSO', summary: 'Show the link as a QR code, for a phone.' }),
  'sso-client-id': Flags.string({
    helpGroup: 'SSO',
    helpValue: 'ID',
    summary: 'Client ID at the identity provider. It is asked for once. [env: PARTICLE_GRANTS_SSO_CLIENT_ID]',
  }),
  'sso-audience': Flags.string({
    helpGroup: 'SSO',
    helpValue: 'NAME',
    summary:
      "Audience of its token (default: api://default, the provider's usual one). [env: PARTICLE_GRANTS_SSO_AUDIENCE]",
  }),
  'sso-issuer': Flags.string({
    helpGroup: 'SSO',
    helpValue: 'URL',
    summary: "Identity provider of --base-url (default: Particle's). [env: PARTICLE_GRANTS_SSO_ISSUER]",
  }),
  'expires-in': Flags.string({
    helpGroup: 'TOKEN',
    helpValue: 'TIME',
    summary: 'Token lifetime: seconds, 30m, 12h, 7d or never (default: 90 days).',
  }),
}

export type LoginFlags = Interfaces.InferredFlags<typeof loginFlags>

const secondsPerUnit = { s: 1, m: 60, h: 3600, d: 86_400 } as const

/**
 * Returns the lifetime to request in seconds; 0: never expires; `undefined`: the server's default.
 *
 * @throws CliError `usage`
 */
export function parseLifetime(given: string | undefined): number | undefined {
  if (given === undefined) return undefined
  if (given === 'never') return 0
  const [, count, unit = 's'] = /^(\d{1,12})([smhd])?$/.exec(given) ?? []
  const lifetime = Number(count) * secondsPerUnit[unit as keyof typeof secondsPerUnit]
  if (Number.isSafeInteger(lifetime) && lifetime > 0) return lifetime
  throw new CliError('usage', {
    what: '--expires-in must be a number of seconds above 0, a time such as 30m, 12h or 7d, or "never".',
  })
}

/** A code, or the secret that generates it. */
export interface ChallengeAnswer {
  readonly kind: 'otp' | 'recovery-code' | 'totp'
  readonly value: Secret
}

/** The secrets that the call was given. */
export interface LoginSecrets {
  readonly clientSecret: Secret | undefined
  readonly password: Secret | undefined
  readonly token: Secret | undefined
  readonly answer: ChallengeAnswer | undefined
}

/** What a sign-in is made from: what the call has, and what is there already. */
export interface LoginInput {
  readonly flags: LoginFlags
  readonly secrets: LoginSecrets
  readonly canPrompt: boolean
  /** Why nothing is prompted for although there is a terminal. */
  readonly promptProblem: string | undefined
  /** The names of all profiles. */
  readonly profiles: readonly string[]
  readonly source: ProfileSource
  readonly connections: Connections
  readonly baseUrl: string
  /** Whether the profile has a valid token. */
  readonly isSignedIn: boolean
  readonly reporter: Reporter
}

/** What can be prompted for. */
const promptable: readonly string[] = stdinFlags.slice(0, 4)

/** Reads secrets from stdin as the flags say, otherwise from the environment. A terminal prompts instead, if it can. */
export async function readLoginSecrets(flags: LoginFlags, canPrompt: boolean): Promise<LoginSecrets> {
  const given = stdinFlags.filter((name) => flags[name] && !(canPrompt && promptable.includes(name)))
  const secrets = given.length === 0 ? [] : await readSecrets(given.map((name) => `--${name}`))
  const get = (name: (typeof stdinFlags)[number]) => secrets[given.indexOf(name)]
  const fromEnv = (name: string) => (process.env[name] ? new Secret(process.env[name]) : undefined)
  const token = get('with-token')
  const kind = (['otp', 'recovery-code', 'totp'] as const).find((one) => flags[`${one}-stdin`])
  const value = kind && get(`${kind}-stdin`)
  return {
    clientSecret: get('client-secret-stdin') ?? fromEnv('PARTICLE_GRANTS_CLIENT_SECRET'),
    password: get('password-stdin') ?? fromEnv('PARTICLE_GRANTS_PASSWORD'),
    token: token && parseToken(token),
    answer: kind && value && { kind, value },
  }
}

/** Removes spaces and the word "Bearer", which people copy with a token. */
export function parseToken(given: Secret): Secret {
  const token = given
    .reveal()
    .trim()
    .replace(/^bearer\s+/i, '')
  if (/^[\x21-\x7e]+$/.test(token)) return new Secret(token)
  throw new CliError('usage', { what: 'This is not an access token: it contains spaces or control characters.' })
}
