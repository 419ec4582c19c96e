import type { Settings } from './settings.ts'
import { defaultSettings } from './settings.ts'

/** When a setting's value is right, and the same in words. */
type Rule = readonly [holds: (value: unknown) => boolean, words: string]

const kinds = ['developer', 'product', 'user']

const isSwitch: Rule = [(value) => typeof value === 'boolean', 'true or false']
const isSeconds: Rule = [(value) => isNumber(value) && value >= 0, 'a number of seconds, 0 or more']

const rules: { readonly [name in keyof Settings]: Rule } = {
  accessTokenLifetime: isSeconds,
  refreshTokenLifetime: isSeconds,
  refreshTokenCountsFrom: isOneOf('access token expiry', 'issue'),
  refreshableClients: isListOf(kinds),
  mfaTokenLifetime: isSeconds,
  mfaTokenBoundToClient: isSwitch,
  mfaTokenRemembersRequest: isSwitch,
  wrongCodeSpendsMfaToken: isSwitch,
  otpReuse: isSwitch,
  recoveryCodesServed: isSwitch,
  grants: isListOf(defaultSettings.grants),
  checkDeveloperSecret: isSwitch,
  scopeInAnswer: [(value) => typeof value === 'string', "'as asked', 'left out' or a text"],
  rateLimit: isLimitOf('requests'),
  lockout: isLimitOf('failures'),
  mfaRequiredCounts: isSwitch,
  refusedRefreshCounts: isSwitch,
  failureCountFades: [(value) => value === false || isSeconds[0](value), `false or ${isSeconds[1]}`],
  retryAfter: isSwitch,
  revocationEndsRefreshToken: isSwitch,
  eventIds: isSwitch,
}

/** Fills in what was not set. Throws a TypeError that names a setting it doesn't know, or whose value is wrong. */
export function completeSettings(chosen: Partial<Settings>): Settings {
  checkSettings(chosen)
  const set = Object.fromEntries(Object.entries(chosen).filter(([, value]) => value !== undefined))
  return { ...defaultSettings, ...set }
}

function checkSettings(chosen: Partial<Settings>): void {
  for (const [name, value] of Object.entries(chosen)) {
    if (!Object.hasOwn(defaultSettings, name)) {
      throw new TypeError(
        `"${name}" is no setting of the sandbox. Known: ${Object.keys(defaultSettings).join(', ')}`,
      )
    }
    const [holds, words] = rules[name as keyof Settings]
    if (value !== undefined && !holds(value)) {
      throw new TypeError(`The setting "${name}" is ${words}, not ${JSON.stringify(value)}`)
    }
  }
}

function isOneOf(...values: string[]): Rule {
  return [(value) => values.includes(value as string), values.map((known) => `'${known}'`).join(' or ')]
}

function isListOf(known: readonly string[]): Rule {
  return [
    (value) => Array.isArray(value) && value.every((item) => known.includes(item)),
    `a list of these: ${known.join(', ')}`,
  ]
}

/** So many within so many seconds; none at all would be no limit but a wall. */
function isLimitOf(what: string): Rule {
  const holds = (value: unknown) => {
    if (typeof value !== 'object' || value === null) return value === false
    const { [what]: count, seconds, ...rest } = value as Record<string, unknown>
    return (
      Number.isInteger(count) &&
      (count as number) >= 1 &&
      isNumber(seconds) &&
      seconds > 0 &&
      Object.keys(rest).length === 0
    )
  }
  return [holds, `false or { ${what}, seconds }, both above 0`]
}

function isNumber(value: unknown): value is number {
  return Number.isFinite(value)
}
