import { boolean, checkMembers, listOf, type Rule, type Rules } from '../rules.ts'

/** The settings of a sandbox. Durations are in seconds. Where the service is unknown, the default is the strict one. */
export interface Settings {
  /** The lifetime of an access token if the request has none. */
  accessTokenLifetime: number
  /** How long a refresh token is valid after its access token has expired. 0: it never expires. */
  refreshTokenLifetime: number
  /** The lifetime of an `mfa_token`. Unknown of the service. */
  mfaTokenLifetime: number
  /** A code that was accepted is accepted again within its step. Unknown of the service. */
  otpReuse: boolean
  /** The enabled grant types. The library has recovery codes; the documentation says that they work elsewhere only. */
  grants: readonly string[]
  /** Requests of one address in a sliding window: for tokens, and separately to list or delete them. `false`: no limit. */
  rateLimit: false | { requests: number; seconds: number }
  /** How many failed token requests in a row block an address, and for how long. `false`: never. */
  lockout: false | { failures: number; seconds: number }
  /** Events have an `id`, and `Last-Event-ID` continues after it. Recorded streams of the service have none. */
  eventIds: boolean
  /** The shortest time between two polls of an SSO sign-in. */
  ssoInterval: number
  /** How long a person has to sign in through SSO. */
  ssoCodeLifetime: number
}

const grantTypes = ['password', 'urn:custom:mfa-otp', 'urn:custom:recovery-code', 'client_credentials', 'refresh_token']

/** The settings of a new sandbox. */
export const defaultSettings: Settings = {
  accessTokenLifetime: 7_776_000,
  refreshTokenLifetime: 1_209_600,
  mfaTokenLifetime: 600,
  otpReuse: false,
  grants: grantTypes,
  rateLimit: { requests: 100, seconds: 300 },
  lockout: { failures: 10, seconds: 1800 },
  eventIds: false,
  ssoInterval: 5,
  ssoCodeLifetime: 600,
}

const seconds: Rule = [(value) => Number.isFinite(value) && Number(value) >= 0, 'a number of seconds, 0 or more']

const settingRules: Rules<Settings> = {
  accessTokenLifetime: seconds,
  refreshTokenLifetime: seconds,
  mfaTokenLifetime: seconds,
  otpReuse: boolean,
  grants: listOf(grantTypes),
  rateLimit: limitOf('requests'),
  lockout: limitOf('failures'),
  eventIds: boolean,
  ssoInterval: seconds,
  ssoCodeLifetime: seconds,
}

const optionOnly: Rule = [() => false, 'an option of createSandbox, not a setting']
/** For the list of known names: `createSandbox` takes these, and completes the settings without them. */
const otherOptions = { accounts: optionOnly, clients: optionOnly, clock: optionOnly }

/** Adds the defaults. Throws a TypeError that names an unknown setting or a wrong value. */
export function completeSettings(given: Partial<Settings>): Settings {
  checkMembers('The sandbox', given, { ...settingRules, ...otherOptions })
  const defined = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
  return { ...defaultSettings, ...defined }
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
