import type { ClientKind } from './clients.ts'

/** The settings of a sandbox. Durations are in seconds. Where the service is unknown, the default is the strict one. */
export interface Settings {
  /** The lifetime of an access token if the request has none. */
  accessTokenLifetime: number
  /** The lifetime of a refresh token, counted from `refreshTokenLifetimeFrom`. 0: it never expires. */
  refreshTokenLifetime: number
  /** The open library counts from the access token's expiry; Particle's documentation suggests the issue. */
  refreshTokenLifetimeFrom: 'access token expiry' | 'issue'
  /** The kinds of client that can refresh. The service: product clients only; user clients are unknown. */
  refreshableClients: readonly ClientKind[]
  /** The lifetime of an `mfa_token`. Unknown of the service. */
  mfaTokenLifetime: number
  /**
   * Only the client of the first step can send the second one. The library accepts any client, and issues the tokens to
   * the first one. Unknown of the live service.
   */
  mfaTokenBoundToClient: boolean
  /** The client, lifetime and scope of the first step apply to the second one. A lifetime of 0 never does. */
  mfaTokenKeepsRequest: boolean
  /** A wrong code ends the `mfa_token`. Particle's CLI retries with the same one, so it does not by default. */
  wrongCodeEndsMfaToken: boolean
  /** A code that was accepted is accepted again within its step. Unknown of the service. */
  otpReuse: boolean
  /** The enabled grant types. The library has recovery codes; the documentation says that they work elsewhere only. */
  grants: readonly string[]
  /** The public secret of a developer client is checked. Unknown of the service. */
  checkDeveloperSecret: boolean
  /** `requested`, `omitted`, or a text that every response contains as its scope (to test clients that trust it). */
  scopeInResponse: 'requested' | 'omitted' | (string & {})
  /**
   * Token requests of one address in a sliding window. Requests that list or delete tokens have the same limit of their
   * own. `false`: no limit.
   */
  rateLimit: false | { requests: number; seconds: number }
  /** How many failed token requests in a row block an address, and for how long. `false`: never. */
  lockout: false | { failures: number; seconds: number }
  /** `mfa_required` counts as a failed request. Unknown of the service. */
  mfaRequiredCounts: boolean
  /** A rejected refresh token counts as a failed request. Unknown of the service. */
  rejectedRefreshCounts: boolean
  /** Failures are forgotten after this many seconds without one. `false`: only after a success. */
  failuresExpireAfter: false | number
  /** 429 responses have `Retry-After`. Unknown of the service. */
  retryAfter: boolean
  /**
   * Revoking an access token revokes its refresh token too. Unknown of the service. Not by default: the library keeps no
   * link between them, and no call that revokes a refresh token is known, so a client should not rely on it.
   */
  revocationEndsRefreshToken: boolean
  /** Events have an `id`, and `Last-Event-ID` continues after it. Recorded streams of the service have none. */
  eventIds: boolean
}

/** Checks a value, and describes the valid ones. */
type Rule = readonly [isValid: (value: unknown) => boolean, description: string]

const boolean: Rule = [(value) => typeof value === 'boolean', 'true or false']
const seconds: Rule = [
  (value) => Number.isFinite(value) && Number(value) >= 0,
  'a number of seconds, 0 or more',
]
const grantTypes = [
  'password',
  'urn:custom:mfa-otp',
  'urn:custom:recovery-code',
  'client_credentials',
  'refresh_token',
]

/** The default and the rule of each setting. */
const definitions: { readonly [name in keyof Settings]: readonly [Settings[name], Rule] } = {
  accessTokenLifetime: [7_776_000, seconds],
  refreshTokenLifetime: [1_209_600, seconds],
  refreshTokenLifetimeFrom: ['access token expiry', oneOf('access token expiry', 'issue')],
  refreshableClients: [['product'], listOf(['developer', 'product', 'user'])],
  mfaTokenLifetime: [600, seconds],
  mfaTokenBoundToClient: [false, boolean],
  mfaTokenKeepsRequest: [true, boolean],
  wrongCodeEndsMfaToken: [false, boolean],
  otpReuse: [false, boolean],
  grants: [grantTypes, listOf(grantTypes)],
  checkDeveloperSecret: [true, boolean],
  scopeInResponse: ['requested', [(value) => typeof value === 'string', "'requested', 'omitted' or a text"]],
  rateLimit: [{ requests: 100, seconds: 300 }, limitOf('requests')],
  lockout: [{ failures: 10, seconds: 1800 }, limitOf('failures')],
  mfaRequiredCounts: [true, boolean],
  rejectedRefreshCounts: [true, boolean],
  failuresExpireAfter: [false, [(value) => value === false || seconds[0](value), `false or ${seconds[1]}`]],
  retryAfter: [false, boolean],
  revocationEndsRefreshToken: [false, boolean],
  eventIds: [false, boolean],
}

/** The settings of a new sandbox. */
export const defaultSettings = Object.fromEntries(
  Object.entries(definitions).map(([name, [value]]) => [name, value]),
) as unknown as Settings

/** Adds the defaults. Throws a TypeError that names an unknown setting or a wrong value. */
export function completeSettings(given: Partial<Settings>): Settings {
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(definitions, name)) {
      throw new TypeError(
        `"${name}" is not a setting of the sandbox. Known: ${Object.keys(definitions).join(', ')}`,
      )
    }
    const [, [isValid, description]] = definitions[name as keyof Settings]
    if (value !== undefined && !isValid(value)) {
      throw new TypeError(`The setting "${name}" is ${description}, not ${JSON.stringify(value)}`)
    }
  }
  const defined = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
  return { ...defaultSettings, ...defined }
}

function oneOf(...values: string[]): Rule {
  return [(value) => values.includes(value as string), values.map((known) => `'${known}'`).join(' or ')]
}

function listOf(known: readonly string[]): Rule {
  return [
    (value) => Array.isArray(value) && value.every((item) => known.includes(item)),
    `a list of these: ${known.join(', ')}`,
  ]
}

/** A count within a time. 0 is not a limit: it would reject everything. */
function limitOf(countName: string): Rule {
  const isValid = (value: unknown) => {
    if (typeof value !== 'object' || value === null) return value === false
    const { [countName]: count, seconds: duration, ...others } = value as Record<string, unknown>
    const hasCount = Number.isInteger(count) && Number(count) >= 1
    const hasDuration = Number.isFinite(duration) && Number(duration) > 0
    return hasCount && hasDuration && Object.keys(others).length === 0
  }
  return [isValid, `false or { ${countName}, seconds }, both above 0`]
}
