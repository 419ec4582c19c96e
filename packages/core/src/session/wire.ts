import type { Client } from '../clients.ts'
import { type AnyGrantsError, GrantsError } from '../errors/grants-error.ts'
import { sanitizeCause, systemCodeOf } from '../errors/sanitize.ts'
import { type GrantType, grants, type TokenRequest } from '../grants/catalogue.ts'
import type { Refusal } from '../machine/effect.ts'
import type { ChallengeLimits, Event } from '../machine/event.ts'
import type { RawAnswer } from '../protocol/answer.ts'
import {
  type ClientAuthentication,
  type EncodedTokenRequest,
  encodeTokenRequest,
} from '../protocol/encode-token-request.ts'
import { judgeAnswer } from '../protocol/judge-answer.ts'
import { maxAnswerBytes } from '../protocol/read-json.ts'
import type { Secret } from '../secret.ts'
import { eventOfAnswer } from './event-of-answer.ts'
import { type Fetch, readBody } from './http.ts'
import type { ServerClock } from './server-clock.ts'

/** Everything that sending takes, fixed when a session is created. */
export interface Wire {
  readonly baseUrl: string
  readonly client: Client
  readonly clientAuthentication: ClientAuthentication
  readonly fetch: Fetch
  readonly clock: ServerClock
  /** Milliseconds that one request may take. */
  readonly timeout: number
  readonly challengeLimits: ChallengeLimits
}

/** Sends a token request and gives what came of it as an event. A request that can't be encoded fails unsent. */
export async function exchange(wire: Wire, request: TokenRequest, signal?: AbortSignal): Promise<Event> {
  let encoded: EncodedTokenRequest
  try {
    encoded = encodeTokenRequest(request, wire.client, wire.clientAuthentication)
  } catch (thrown) {
    const { code, details } = thrown as AnyGrantsError
    return { type: 'failed', at: wire.clock.now(), refusal: { code, details } as Refusal }
  }
  return sendEncoded(wire, request.grant_type, { ...encoded, signal })
}

async function sendEncoded(
  wire: Wire,
  grant_type: GrantType,
  encoded: EncodedTokenRequest & { readonly signal: AbortSignal | undefined },
): Promise<Event> {
  const { method, path, secrets } = encoded
  const request = { method, path, headers: encoded.headers.reveal(), body: encoded.body.reveal() }
  const sentAt = wire.clock.now()
  const timeout = AbortSignal.timeout(wire.timeout)
  try {
    const raw = await send(wire, request, [timeout, encoded.signal])
    const answer = judgeAnswer(raw, secrets)
    const elapsed = Math.max(0, wire.clock.now() - sentAt)
    wire.clock.learn(answer.date)
    const at = wire.clock.now()
    const { baseUrl, challengeLimits: limits } = wire
    return eventOfAnswer(answer, grant_type, { baseUrl, requestedAt: at - elapsed, at, limits })
  } catch (thrown) {
    const cause = sanitizeCause(thrown, secrets)
    const details = {
      grant_type,
      baseUrl: wire.baseUrl,
      reason: timeout.aborted ? 'timeout' : 'network',
      systemCode: systemCodeOf(cause),
      spent: grants[grant_type].singleUse,
    } as const
    return { type: 'failed', at: wire.clock.now(), refusal: { code: 'no_answer', details, cause } }
  }
}

/** Revokes an access token: `revoked` when it is dead, also when it was before, else why it is not. Never throws. */
export async function revoke(
  wire: Wire,
  accessToken: Secret,
  signal?: AbortSignal,
): Promise<'revoked' | AnyGrantsError> {
  const failed = (status: number | undefined, cause?: Error) =>
    new GrantsError('revocation_failed', { status }, cause && { cause }) as AnyGrantsError
  const request = {
    method: 'DELETE',
    path: '/v1/access_tokens/current',
    headers: { authorization: `Bearer ${accessToken.reveal()}`, accept: 'application/json' },
  }
  try {
    const { status } = await send(wire, request, [AbortSignal.timeout(wire.timeout), signal])
    // 401: the token is dead already, which is what was wanted.
    return status === 200 || status === 204 || status === 401 ? 'revoked' : failed(status)
  } catch (thrown) {
    return failed(undefined, sanitizeCause(thrown, [accessToken]))
  }
}

interface WireRequest {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

async function send(
  wire: Wire,
  { path, headers, ...rest }: WireRequest,
  signals: readonly (AbortSignal | undefined)[],
): Promise<RawAnswer> {
  const response = await wire.fetch(wire.baseUrl + path, {
    ...rest,
    headers: { ...headers },
    // A redirected token request would carry the credentials to wherever the answer says.
    redirect: 'manual',
    signal: AbortSignal.any(signals.filter((signal) => signal !== undefined)),
  })
  const body = await readBody(response, maxAnswerBytes)
  return { status: response.status, headers: response.headers, body }
}
