import { describe, expect, it } from 'vitest'
import { revealed } from '../../test/secrets.ts'
import { answered, tokenBody } from '../../test/wire.ts'
import { judgeAnswer } from '../protocol/judge-answer.ts'
import { eventOfAnswer } from './event-of-answer.ts'

const context = {
  baseUrl: 'https://api.particle.io',
  requestedAt: 1000,
  at: 2000,
  limits: { tries: 2, maxAge: 5 },
}

function eventOf(status: number, body: unknown, headers = {}) {
  return eventOfAnswer(judgeAnswer(answered(status, body, headers)), 'password', context)
}

/** What a failed request failed of. */
function refusalOf(status: number, body: unknown, headers = {}) {
  const event = eventOf(status, body, headers)
  return event.type === 'failed' ? event.refusal : event
}

const challenge = { error: 'mfa_required', mfa_token: 'm' }

describe('the event of an answer', () => {
  it('grants, and knows when it was asked', () => {
    expect(revealed(eventOf(200, tokenBody))).toMatchObject({
      type: 'granted',
      at: 2000,
      requestedAt: 1000,
      tokens: { access_token: { secret: 'a' }, expires_in: 60 },
    })
  })

  it.each([400, 401, 403])('challenges, with the limits of this session (%i)', (status) => {
    expect(revealed(eventOf(status, challenge))).toEqual({
      type: 'challenged',
      at: 2000,
      status,
      mfaToken: { secret: 'm' },
      limits: context.limits,
    })
  })

  it.each([
    [400, 'invalid_grant'],
    [400, 'invalid_client'],
    [400, 'invalid_request'],
    [400, 'invalid_scope'],
    [401, 'invalid_token'],
    [401, 'expired_token'],
    [403, 'sso_user'],
    [418, 'out_of_cheese'],
    [499, 'toString'],
  ])('refuses (%i %s)', (status, error) => {
    expect(eventOf(status, { error, error_description: 'No.' })).toMatchObject({
      type: 'refused',
      at: 2000,
      answer: { type: 'error', status, error, description: 'No.' },
    })
  })

  it.each([
    [500, 'invalid_grant'],
    [503, 'server_error'],
    [599, 'invalid_client'],
    [600, 'x'],
    [408, 'invalid_request'],
    [400, 'server_error'],
  ])('fails for now, whatever code a server gives that has not judged (%i %s)', (status, error) => {
    expect(refusalOf(status, { error }, { 'retry-after': '7' })).toEqual({
      code: 'temporarily_unavailable',
      details: { grant_type: 'password', error, status, retryAfter: 7 },
    })
  })

  it.each([
    ['the wire’s own code', { error: 'rate_limit_exceeded' }],
    ['another code', { error: 'invalid_grant' }],
    ['a challenge', challenge],
    ['HTML', '<html>Too many requests</html>'],
    ['nothing', ''],
  ])('asks to wait with 429 and %s', (_, body) => {
    expect(refusalOf(429, body, { 'retry-after': '60' })).toEqual({
      code: 'rate_limited',
      details: { grant_type: 'password', retryAfter: 60 },
    })
  })

  it('asks to wait without saying how long', () => {
    expect(refusalOf(429, '')).toMatchObject({ details: { retryAfter: undefined } })
  })

  it.each([
    [502, '<html>', 'html'],
    [302, '', 'redirect'],
    [200, '', 'empty'],
    [200, '{"access_token":1}', 'wrong_type'],
    [500, challenge, 'wrong_status'],
    [404, '{"message":"Not Found"}', 'no_error_code'],
  ])('fails where what answered is not the token endpoint (%i %s)', (status, body, reason) => {
    expect(refusalOf(status, body)).toEqual({
      code: 'unexpected_answer',
      details: { grant_type: 'password', baseUrl: context.baseUrl, status, reason },
    })
  })
})
