import { GrantsError } from '../src/errors.ts'
import { defaultChallengeLimits, type EventType, type MachineEvent } from '../src/machine/event.ts'
import type { ErrorResponse, SuccessResponse } from '../src/protocol/token-response.ts'
import { Secret } from '../src/secret.ts'
import { customer } from '../src/subject.ts'
import { noParameters, now, subjects } from './states.ts'

/** A response with tokens. Particle returns a refresh token to every client, whether it can use it or not. */
export function granted(changes: Partial<SuccessResponse> = {}, at = now): MachineEvent<'granted'> {
  return {
    type: 'granted',
    at,
    requestedAt: at - 1000,
    response: {
      type: 'success',
      status: 200,
      accessToken: new Secret('access-new'),
      refreshToken: new Secret('refresh-new'),
      expiresInSeconds: 7_776_000,
      scope: undefined,
      ...changes,
    },
  }
}

export function challenged(changes: Partial<MachineEvent<'challenged'>> = {}): MachineEvent<'challenged'> {
  return {
    type: 'challenged',
    at: now,
    status: 403,
    mfaToken: new Secret('mfa-new'),
    limits: defaultChallengeLimits,
    ...changes,
  }
}

export function refused(error: string, changes: Partial<ErrorResponse> = {}, at = now): MachineEvent<'refused'> {
  return {
    type: 'refused',
    at,
    response: {
      type: 'error',
      status: 400,
      error,
      description: undefined,
      ...changes,
    },
  }
}

const baseUrl = 'https://api.particle.io'

/** Requests that ended without a verdict. */
export const failures = {
  lost: new GrantsError('network_error', 'No response arrived.', {
    grantType: 'password',
    baseUrl,
    reason: 'timeout',
    systemCode: undefined,
    mayBeSpent: false,
  }),
  rateLimited: new GrantsError('rate_limited', 'Too many requests.', { retryAt: now + 60_000 }),
  unavailable: new GrantsError('temporarily_unavailable', 'Particle is not available.', {
    status: 503,
    error: 'server_error',
    retryAt: undefined,
  }),
  html: new GrantsError('unexpected_response', 'The response is a page.', {
    baseUrl,
    status: 200,
    reason: 'html',
  }),
} as const satisfies Record<string, GrantsError>

export function failed(error: GrantsError = failures.lost, at = now): MachineEvent<'failed'> {
  return { type: 'failed', at, error }
}

type EventOfType<E extends EventType> = Extract<MachineEvent, { type: E }>

/** One event of each type, for the examples' developer. */
export const events: { readonly [E in EventType]: EventOfType<E> } = {
  login: {
    type: 'login',
    at: now,
    username: 'dev@example.com',
    password: new Secret('password-given'),
    subject: subjects.developer,
    requested: noParameters,
  },
  submit_otp: { type: 'submit_otp', at: now, otp: new Secret('271828') },
  submit_recovery_code: { type: 'submit_recovery_code', at: now, recoveryCode: new Secret('recovery-given') },
  request_client_token: { type: 'request_client_token', at: now, requested: noParameters },
  create_customer: {
    type: 'create_customer',
    at: now,
    subject: customer('jane@example.com'),
    request: { product: 1234, email: 'jane@example.com' },
  },
  set_token: {
    type: 'set_token',
    at: now,
    accessToken: new Secret('access-external'),
    refreshToken: undefined,
    expiresAt: null,
    subject: subjects.developer,
  },
  renew: { type: 'renew', at: now },
  token_rejected: { type: 'token_rejected', at: now, accessToken: new Secret('access-held') },
  logout: { type: 'logout', at: now, revoke: undefined },
  time_passed: { type: 'time_passed', at: now },
  granted: granted(),
  challenged: challenged(),
  refused: refused('invalid_grant'),
  failed: failed(),
}
