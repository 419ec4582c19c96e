import { type BaseSession, GrantsError } from '@particle-grants/core'
import type { AxiosResponse, InternalAxiosRequestConfig } from 'axios'
import type { GivenAdapter, ResolveAdapter } from './adapters.ts'
import { bodyOf, isSimple, type SecondBody } from './body.ts'
import { makeBody } from './body-factory.ts'
import type { Call } from './call.ts'
import { hideWhatLeadsToSockets, withoutRequest, withoutToken } from './clean-error.ts'
import { type Destinations, urlOf } from './destinations.ts'
import { answersToken } from './last-hop.ts'
import { bringsItsOwn } from './own-credentials.ts'
import { saysDead } from './refusal.ts'
import { guardResponse } from './response-guard.ts'
import type { SessionWatch } from './session-watch.ts'
import { type Outcome, transmit } from './transmit.ts'
import { deadlineOf, waitFor } from './waiting.ts'
import { sendWithoutToken } from './without-token.ts'

/** What an attachment works with. */
export interface AttachmentContext {
  readonly session: BaseSession
  readonly watch: SessionWatch
  readonly destinations: Destinations
  readonly replay: boolean
  readonly resolve: ResolveAdapter
}

/** A call that was sent, and what by. */
interface SentCall {
  readonly call: Call
  readonly token: string
}

/** Puts a session's token on the requests of an instance. It stands where the adapter stood. */
export class Attachment {
  readonly #context: AttachmentContext
  #isAttached = true

  constructor(context: AttachmentContext) {
    this.#context = context
  }

  /** From here on nothing gets a token, not even by a config that was kept from before. */
  detach(): void {
    this.#isAttached = false
  }

  /** Sends a request as the adapter would that stood in its config. */
  send(config: InternalAxiosRequestConfig, given: GivenAdapter): Promise<AxiosResponse> {
    const { session, watch, destinations, resolve } = this.#context
    if (given === undefined) delete config.adapter
    else config.adapter = given
    const adapter = resolve(given, config)
    const { data } = config
    const isMeant = this.#isAttached && config.particleGrants !== false
    const origin = isMeant ? destinations.of(config) : undefined
    if (origin === undefined || bringsItsOwn(config)) return sendWithoutToken(config, adapter)
    const body = isSimple(data) ? undefined : bodyOf(config)
    const call: Call = { config, adapter, origin, deadline: deadlineOf(config), body, data }
    const token = session.peekToken()
    const isReady = token !== undefined && token !== watch.dead && (body === undefined || !body.isLarge)
    return isReady ? this.#first(call, token) : this.#whenReady(call)
  }

  /** Waits for a good token first: no request is sent with one that is known to be dead. */
  async #whenReady(call: Call): Promise<AxiosResponse> {
    const token = await this.#token(call)
    if (call.body?.first !== undefined) call.config.data = await makeBody(call.body.first, call)
    return this.#first(call, token)
  }

  #first(call: Call, token: string): Promise<AxiosResponse> {
    return transmit(call, token, (outcome) => {
      const sent = { call, token }
      if (outcome.response?.status === 401) return this.#after401(sent, outcome)
      this.#noteAccepted(sent, outcome)
      return this.#passOn(sent, outcome)
    })
  }

  async #after401(sent: SentCall, outcome: Outcome): Promise<AxiosResponse> {
    const { call, token } = sent
    const { watch, replay } = this.#context
    if (!(await this.#isRefused(sent, outcome))) return this.#passOn(sent, outcome)
    if (!((call.config.particleGrants || undefined)?.replay ?? replay)) {
      watch.rejected(token).catch((error: unknown) => watch.tell(error))
      return this.#passOn(sent, outcome)
    }
    // What waits keeps no socket.
    withoutRequest(outcome.failure?.error, { config: call.config, token })
    await this.#wait(watch.rejected(token), call)
    const again = call.body?.again()
    if (call.body !== undefined && again === undefined) throw notReplayable(call)
    const next = await this.#token(call)
    return next === token ? this.#passOn(sent, outcome) : this.#second(call, next, { again })
  }

  /** The one replay. What it is answered is the answer; a session that can't go on from there says so itself. */
  async #second(
    call: Call,
    token: string,
    { again }: { readonly again: SecondBody | undefined },
  ): Promise<AxiosResponse> {
    if (again !== undefined) call.config.data = await makeBody(() => again(call.config), call)
    return transmit(call, token, async (outcome) => {
      if (await this.#isRefused({ call, token }, outcome)) {
        await this.#wait(this.#context.watch.rejected(token), call)
      }
      return this.#passOn({ call, token }, outcome)
    })
  }

  /** Whether the API says that the token is dead, which is noted; an answer that takes it for good is noted too. */
  async #isRefused(sent: SentCall, outcome: Outcome): Promise<boolean> {
    const { response } = outcome
    const isRefused = response?.status === 401 && answersToken(response, sent) && (await saysDead(response))
    if (isRefused) this.#context.watch.dead = sent.token
    else this.#noteAccepted(sent, outcome)
    return isRefused
  }

  #noteAccepted(sent: SentCall, { response }: Outcome): void {
    // A server that fails, or a proxy before it, may not have looked at the token.
    if (response === undefined || response.status >= 500 || response.status === 401) return
    if (answersToken(response, sent)) this.#context.session.accepted(sent.token)
  }

  #passOn({ call: { config }, token }: SentCall, { response, failure }: Outcome): AxiosResponse {
    if (failure !== undefined) throw withoutToken(failure.error, { config, token })
    return guardResponse(response as AxiosResponse, { config, token })
  }

  /** A token that is good as far as anybody knows; for a large body one that is not about to end. */
  async #token(call: Call): Promise<string> {
    const { session, watch } = this.#context
    const held = session.peekToken()
    if (held !== undefined && held === watch.dead) await this.#wait(watch.rejected(held), call)
    // Looking at a token in its last minutes has begun a renewal.
    else if (held !== undefined && call.body?.isLarge) await this.#wait(session.settled(), call)
    return session.peekToken() ?? (await this.#wait(watch.token(), call))
  }

  /** Waits within the call's limits. */
  async #wait<T>(promise: Promise<T>, { config, deadline }: Call): Promise<T> {
    try {
      return await waitFor(promise, { config, deadline })
    } catch (error) {
      hideWhatLeadsToSockets(config)
      this.#context.watch.tell(error)
      throw ofItsOwn(error)
    }
  }
}

/** Whoever else waited rejects as well: Axios writes each caller's stack into the error. */
function ofItsOwn(error: unknown): unknown {
  if (!GrantsError.isInstance(error)) return error
  const { code, details, cause } = error
  return new GrantsError(code, details, cause instanceof Error ? { cause } : {})
}

function notReplayable({ config }: Call): GrantsError {
  const method = config.method?.toUpperCase() ?? 'GET'
  return new GrantsError('request_not_replayable', { method, url: withoutQuery(urlOf(config)) })
}

function withoutQuery(url: string): string {
  return url.replace(/[?#].*$/s, '')
}
