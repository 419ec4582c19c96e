import { describe, expect, it } from 'vitest'
import {
  firstWaitMs,
  longestWaitMs,
  maxAttempts,
  maxExplicitRefusals,
  refillMs,
} from '../../core/src/guard/account-backoff.ts'
import { lockoutMs, maxRefusals, maxRequests, windowMs } from '../../core/src/guard/request-window.ts'
import { defaultChallengeLimits } from '../../core/src/machine/event.ts'
import { maxBackoffMs } from '../../core/src/renewal.ts'
import { libraryErrorReferences } from './errors/library-errors.ts'
import { limits, lockout, unknowns } from './index.ts'

const minutes = (ms: number) => `${ms / 60_000} minutes`
const hours = (ms: number) => `${ms / 3_600_000} hours`
const { maxAttempts: maxCodes, maxAgeMs } = defaultChallengeLimits

/** What the texts about the library say, with the library's numbers. */
const statements: Readonly<Record<string, readonly string[]>> = {
  'errors.rate_limited.when': [`has sent ${maxRequests} token requests in ${minutes(windowMs)}`],
  'errors.locked_out.when': [`at least ${maxRefusals} refused token requests`],
  'errors.locked_out.advice.1': [`blocks an IP address for ${minutes(lockoutMs)}`],
  'errors.backing_off.when': [`${maxRefusals} requests in a row were refused`],
  'errors.backing_off.advice.0': [
    `after ${maxExplicitRefusals} refusals, or after 1 of an automatic request`,
    `${minutes(firstWaitMs)}, then longer, at most ${hours(longestWaitMs)}`,
  ],
  'errors.backing_off.advice.1': [`has ${maxAttempts} attempts, and one more every ${minutes(refillMs)}`],
  'errors.challenge_expired.reasons.attempts.meaning': [`${maxCodes}, unless you set another number`],
  'errors.challenge_expired.reasons.age.meaning': [`older than ${minutes(maxAgeMs)}`],
  'unknowns.mfa_token_lifetime.handling': [`after ${minutes(maxAgeMs)}`],
  'unknowns.mfa_token_unknown.handling': [`after ${maxCodes} of them`],
  'unknowns.wrong_code_effect.handling': [`for ${maxCodes} attempts`],
  'unknowns.retry_after.handling': [
    `at most ${minutes(maxBackoffMs)}`,
    `${minutes(lockoutMs)} after ${maxRefusals} refusals in a row`,
    `otherwise ${minutes(windowMs)}`,
  ],
  'unknowns.what_counts_as_failed.handling': [`at ${maxRefusals} in a row`],
}

/** Returns the texts in a value, each with its path. */
function listTexts(value: unknown, path: string): readonly (readonly [path: string, text: string])[] {
  if (typeof value === 'string') return [[path, value]]
  const inside = typeof value === 'object' && value !== null ? Object.entries(value) : []
  return inside.flatMap(([name, one]) => listTexts(one, `${path}.${name}`))
}

const handlings = Object.entries(unknowns).map(
  ([name, { handling }]) => [`unknowns.${name}.handling`, handling] as const,
)
const texts = new Map([...listTexts(libraryErrorReferences, 'errors'), ...handlings])

describe('the numbers of the library', () => {
  it.each(Object.entries(statements))('are those of the code in %s', (path, expected) => {
    for (const statement of expected) expect(texts.get(path)).toContain(statement)
  })

  it('are compared in every text that has one', () => {
    const withNumbers = [...texts].filter(([, text]) => {
      // HTTP statuses, code in backticks and the length of a code are Particle's.
      const words = text.replace(/`[^`]*`|\b[45](?:\d\d|xx)\b|six digits/g, '')
      return /\d|\b(?:two|three|four|five|six|seven|eight|nine|ten|twelve|hour|half)\b/i.test(words)
    })
    expect(withNumbers.map(([path]) => path).sort()).toEqual(Object.keys(statements).sort())
  })

  it("stay below Particle's limits", () => {
    expect(windowMs).toBe(limits.token_requests.seconds * 1000)
    expect(maxRequests).toBeLessThan(limits.token_requests.requests)
    expect(maxRefusals).toBeLessThan(lockout.failures)
    expect(lockoutMs).toBe(lockout.seconds * 1000)
  })
})
