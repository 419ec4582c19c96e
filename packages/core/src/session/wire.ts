import { unlessAborted } from '../aborting.ts'
import type { Client } from '../clients.ts'
import { type AnyGrantsError, GrantsError } from '../errors/grants-error.ts'
import { sanitizeCause, systemCodeOf } from '../errors/sanitize.ts'
import { type GrantType, grants, type TokenRequest } from '../grants/catalogue.ts'
import type { Refusal } from '../machine/effect.ts'
import type { ChallengeLimits, Event } from '../machine/event.ts'
import type { Answer, RawAnswer } from '../protocol/answer.ts'
import {
  type ClientAuthentication,
  type EncodedTokenRequest,
  encodeTokenRequest,
} from '../protocol/encode-token-request.ts'
import { judgeAnswer } from '../protocol/judge-answer.ts'
import { maxAnswerBytes } from '../protocol/read-json.ts'
import { provesRevoked } from '../protocol/revocation.ts'
import { isTokenEndpointErrorCode } from '../protocol/token-endpoint-errors.ts'
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
    return { type: 'failed', at: wire.clock.now(), refusal: unsendable(thrown) }
  }
  return sendEncoded(wire, request.grant_type, { ...encoded, signal })
}

function unsendable(thrown: unknown): Refusal {
  if (GrantsError.isInstance(thrown)) return { code: thrown.code, details: thrown.details } as Refusal
  // What was thrown while secrets were taken out is not shown: nobody knows what it says.
  return { code: 'invalid_argument', details: { parameter: 'request', problem: "can't be encoded" } }
}

async function sendEncoded(
  wire: Wire,
  grant_type: GrantType,
  encoded: EncodedTokenRequest & { readonly signal: AbortSignal | undefined },
): Promise<Event> {
  const { method, path, secrets } = encoded
  const request = { method, path, headers: encoded.headers.reveal(), body: encoded.body.reveal() }
  const sentAt = wire.clock.now()
  try {
    const raw = await send(wire, request, encoded.signal)
    const answer = judgeAnswer(raw, secrets)
    const elapsed = Math.max(0, wire.clock.now() - sentAt)
    if (isTheEndpoints(answer)) wire.clock.learn(answer.date, elapsed)
    const at = wire.clock.now()
    const { baseUrl, challengeLimits: limits } = wire
    return eventOfAnswer(answer, grant_type, { baseUrl, requestedAt: at - elapsed, at, limits })
  } catch (thrown) {
    const cause = sanitizeCause(thrown, secrets)
    const details = {
      grant_type,
      baseUrl: wire.baseUrl,
      reason: isTimeout(thrown) ? 'timeout' : 'network',
      systemCode: systemCodeOf(cause),
      spent: grants[grant_type].singleUse,
    } as const
    return { type: 'failed', at: wire.clock.now(), refusal: { code: 'no_answer', details, cause } }
  }
}

/** Whether the token endpoint itself said so. The `Date` of a proxy's page is its own, or a cache's. */
function isTheEndpoints(answer: Answer): boolean {
  return answer.type === 'error' ? isTokenEndpointErrorCode(answer.error) : answer.type !== 'unexpected'
}

function isTimeout(thrown: unknown): boolean {
  return thrown instanceof Error && thrown.name === 'TimeoutError'
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
    const answer = await send(wire, request, signal)
    return provesRevoked(answer) ? 'revoked' : failed(answer.status)
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

/** Ends with the time-out or the caller's signal, also when a `fetch` of somebody's own heeds neither. */
async function send(wire: Wire, request: WireRequest, signal: AbortSignal | undefined): Promise<RawAnswer> {
  const timeout = AbortSignal.timeout(wire.timeout)
  const signals = signal === undefined ? [timeout] : [timeout, signal]
  return unlessAborted(receive(wire, request, AbortSignal.any(signals)), signals)
}

async function receive(
  wire: Wire,
  { path, headers, ...rest }: WireRequest,
  signal: AbortSignal,
): Promise<RawAnswer> {
  const response = await wire.fetch(wire.baseUrl + path, {
    ...rest,
    headers: { ...headers },
    // A redirected token request would carry the credentials to wherever the answer says.
    redirect: 'manual',
    signal,
  })
  const body = await readBody(response, maxAnswerBytes)
  return { status: response.status, headers: response.headers, body }
}
