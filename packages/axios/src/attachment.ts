import { GrantsError, type Session } from '@particle-grants/core'
import type { AxiosResponse, InternalAxiosRequestConfig } from 'axios'
import type { GivenAdapter, ResolveAdapter } from './adapters.ts'
import { bodyOf, isSimple, type SecondBody } from './body.ts'
import { makeBody } from './body-factory.ts'
import type { Call } from './call.ts'
import { hideWhatLeadsToSockets, withoutRequest, withoutToken } from './clean-error.ts'
import { type Destinations, urlOf } from './destinations.ts'
import { answersToken } from './last-hop.ts'
import { hasOwnCredentials } from './own-credentials.ts'
import { isTokenRejected } from './refusal.ts'
import { guardResponse } from './response-guard.ts'
import { type Outcome, send } from './send.ts'
import type { SessionWatch } from './session-watch.ts'
import { deadlineOf, waitFor } from './waiting.ts'
import { sendWithoutToken } from './without-token.ts'

/** What an attachment works with. */
export interface AttachmentContext {
  readonly session: Session
  readonly watch: SessionWatch
  readonly destinations: Destinations
  readonly replay: boolean
  readonly resolve: ResolveAdapter
}

/** How long a token must be valid when a large body is sent. Repeating the upload costs more than a renewal. */
const minValidityOfUploadMs = 5 * 60_000

/** A request that was sent, and its token. */
interface SentCall {
  readonly call: Call
  readonly token: string
}

/** Attaches a session's token to the requests of an instance. It wraps the instance's adapter. */
export class Attachment {
  readonly #context: AttachmentContext
  #isAttached = true

  constructor(context: AttachmentContext) {
    this.#context = context
  }

  /** Afterwards no request gets a token, not even one whose config was kept from before. */
  detach(): void {
    this.#isAttached = false
  }

  /** Sends a request as the adapter would that stood in its config. */
  send(config: InternalAxiosRequestConfig, given: GivenAdapter): Promise<AxiosResponse> {
    const { session, destinations, resolve } = this.#context
    if (given === undefined) delete config.adapter
    else config.adapter = given
    const adapter = resolve(given, config)
    const { data } = config
    const isMeant = this.#isAttached && config.particleGrants !== false
    const origin = isMeant ? destinations.of(config) : undefined
    if (origin === undefined || hasOwnCredentials(config)) return sendWithoutToken(config, adapter)
    const body = isSimple(data) ? undefined : bodyOf(config)
    const call: Call = { config, adapter, origin, deadline: deadlineOf(config), body, data }
    const token = session.peekAccessToken()
    const isReady = token !== undefined && !body?.isLarge
    return isReady ? this.#first(call, token) : this.#whenReady(call)
  }

  /** Waits for a valid token first: no request is sent with an invalid one. */
  async #whenReady(call: Call): Promise<AxiosResponse> {
    const token = await this.#getToken(call)
    if (call.body?.first !== undefined) call.config.data = await makeBody(call.body.first, call)
    return this.#first(call, token)
  }

  #first(call: Call, token: string): Promise<AxiosResponse> {
    return send(call, token, (outcome) => {
      const sent = { call, token }
      return outcome.response?.status === 401 ? this.#after401(sent, outcome) : this.#passOn(sent, outcome)
    })
  }

  async #after401(sent: SentCall, outcome: Outcome): Promise<AxiosResponse> {
    const { call, token } = sent
    const isRejected = await this.#invalidateIfRejected(sent, outcome)
    const isReplayed = (call.config.particleGrants || undefined)?.replay ?? this.#context.replay
    if (!isRejected || !isReplayed) return this.#passOn(sent, outcome)
    // A request that waits keeps no socket.
    withoutRequest(outcome.failure?.error, { config: call.config, token })
    const next = await this.#getToken(call)
    const again = call.body?.again()
    if (call.body !== undefined && again === undefined) throw notReplayable(call)
    return next === token ? this.#passOn(sent, outcome) : this.#second(call, next, { again })
  }

  /** The one replay. Its response is passed on, whatever it is. */
  async #second(
    call: Call,
    token: string,
    { again }: { readonly again: SecondBody | undefined },
  ): Promise<AxiosResponse> {
    if (again !== undefined) call.config.data = await makeBody(() => again(call.config), call)
    return send(call, token, async (outcome) => {
      await this.#invalidateIfRejected({ call, token }, outcome)
      return this.#passOn({ call, token }, outcome)
    })
  }

  /** Whether the API rejected the token. If so, the session is told. */
  async #invalidateIfRejected(sent: SentCall, { response }: Outcome): Promise<boolean> {
    if (response?.status !== 401 || !answersToken(response, sent)) return false
    const isRejected = await isTokenRejected(response)
    if (isRejected) this.#context.session.invalidateToken(sent.token)
    return isRejected
  }

  #passOn({ call: { config }, token }: SentCall, { response, failure }: Outcome): AxiosResponse {
    if (failure !== undefined) throw withoutToken(failure.error, { config, token })
    return guardResponse(response as AxiosResponse, { config, token })
  }

  /** Returns a valid token; for a large body, one that is valid for some time if there is one. */
  async #getToken(call: Call): Promise<string> {
    const { session, watch } = this.#context
    if (call.body?.isLarge && session.peekAccessToken() !== undefined) {
      const timeoutMs = Number.POSITIVE_INFINITY
      const renewal = session.getAccessToken({ minValidityMs: minValidityOfUploadMs, timeoutMs })
      // The current token is valid: without a better one it is used.
      await this.#wait(
        renewal.catch(() => {}),
        call,
      )
    }
    return session.peekAccessToken() ?? (await this.#wait(watch.getToken(), call))
  }

  /** Waits within the call's limits. */
  async #wait<T>(promise: Promise<T>, { config, deadline }: Call): Promise<T> {
    try {
      return await waitFor(promise, { config, deadline })
    } catch (error) {
      hideWhatLeadsToSockets(config)
      this.#context.watch.report(error)
      throw ofItsOwn(error)
    }
  }
}

/** Each request that waited gets an error of its own: Axios writes the caller's stack into it. */
function ofItsOwn(error: unknown): unknown {
  if (!GrantsError.isInstance(error)) return error
  const { code, message, details, cause } = error
  return new GrantsError(code, message, details, cause instanceof Error ? { cause } : {})
}

function notReplayable({ config }: Call): GrantsError {
  const method = config.method?.toUpperCase() ?? 'GET'
  const url = withoutQuery(urlOf(config))
  const message = `The API rejected the token of ${method} ${url}, and a stream cannot be sent again. Repeat the call with a new stream, or pass a function that returns it.`
  return new GrantsError('request_not_replayable', message, { method, url })
}

function withoutQuery(url: string): string {
  return url.replace(/[?#].*$/s, '')
}
