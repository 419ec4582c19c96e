import type { Refusal } from '../src/machine/effect.ts'
import {
  type Challenged,
  defaultChallengeLimits,
  type Event,
  type EventType,
  type Failed,
  type Granted,
  type Refused,
} from '../src/machine/event.ts'
import type { ErrorAnswer, TokenAnswer } from '../src/protocol/answer.ts'
import { Secret } from '../src/secret.ts'
import { nothingAsked, now, subjects } from './states.ts'

/** An answer with tokens, as the token endpoint gives it to anybody: a refresh token always comes along. */
function tokenAnswer(changes: Partial<TokenAnswer> = {}): TokenAnswer {
  return {
    access_token: new Secret('access-new'),
    refresh_token: new Secret('refresh-new'),
    expires_in: 7_776_000,
    scope: undefined,
    unknown: new Secret({ hint: 'unknown-new' }),
    ...changes,
  }
}

/** An answer that refuses. */
export function errorAnswer(error: string, changes: Partial<ErrorAnswer> = {}): ErrorAnswer {
  return {
    type: 'error',
    status: 400,
    error,
    description: undefined,
    unknown: new Secret({ hint: 'unknown-error' }),
    date: undefined,
    retryAfter: undefined,
    ...changes,
  }
}

export function granted(changes: Partial<TokenAnswer> = {}, at = now): Granted {
  return { type: 'granted', at, requestedAt: at - 1000, tokens: tokenAnswer(changes) }
}

export function challenged(changes: Partial<Challenged> = {}): Challenged {
  return {
    type: 'challenged',
    at: now,
    status: 403,
    mfaToken: new Secret('mfa-new'),
    limits: defaultChallengeLimits,
    ...changes,
  }
}

export function refused(
  error: string,
  { at = now, ...answer }: Partial<ErrorAnswer> & { at?: number } = {},
): Refused {
  return { type: 'refused', at, answer: errorAnswer(error, answer) }
}

const baseUrl = 'https://api.particle.io'

/** What proves nothing, by name. */
export const failures = {
  lost: {
    code: 'no_answer',
    details: { grant_type: 'password', baseUrl, reason: 'timeout', systemCode: undefined, spent: false },
  },
  rateLimited: { code: 'rate_limited', details: { grant_type: 'password', retryAfter: 60 } },
  unavailable: {
    code: 'temporarily_unavailable',
    details: { grant_type: 'password', error: 'server_error', status: 503, retryAfter: undefined },
  },
  html: {
    code: 'unexpected_answer',
    details: { grant_type: 'password', baseUrl, status: 502, reason: 'html' },
  },
} as const satisfies Record<string, Refusal>

export function failed(refusal: Refusal = failures.lost): Failed {
  return { type: 'failed', at: now, refusal }
}

type EventOf<E extends EventType> = Extract<Event, { type: E }>

/** One plain event of each type, for the examples' developer. */
export const events: { readonly [E in EventType]: EventOf<E> } = {
  login: {
    type: 'login',
    at: now,
    username: 'dev@example.com',
    password: new Secret('password-given'),
    subject: subjects.developer,
    asked: nothingAsked,
  },
  submit_otp: { type: 'submit_otp', at: now, otp: new Secret('271828') },
  submit_recovery_code: { type: 'submit_recovery_code', at: now, recoveryCode: new Secret('recovery-given') },
  authorize: { type: 'authorize', at: now, asked: nothingAsked },
  adopt: { type: 'adopt', at: now, accessToken: new Secret('access-adopted'), expiresAt: null },
  renew: { type: 'renew', at: now },
  rejected: { type: 'rejected', at: now, accessToken: new Secret('access-held') },
  accepted: { type: 'accepted', at: now, accessToken: new Secret('access-held') },
  logout: { type: 'logout', at: now, revoke: true },
  time_passed: { type: 'time_passed', at: now },
  granted: granted(),
  challenged: challenged(),
  refused: refused('invalid_grant'),
  failed: failed(),
}
