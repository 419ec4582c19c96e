import { type BaseSession, GrantsError } from '@particle-grants/core'
import type { AxiosResponse, InternalAxiosRequestConfig } from 'axios'
import type { GivenAdapter, ResolveAdapter } from './adapters.ts'
import { bodyOf, isSimple } from './body.ts'
import type { Call } from './call.ts'
import { type Sent, withoutRequest, withoutToken } from './clean-error.ts'
import { type Destinations, urlOf } from './destinations.ts'
import { bringsItsOwn } from './own-credentials.ts'
import { saysDead } from './refusal.ts'
import { guardResponse } from './response-guard.ts'
import type { SessionWatch } from './session-watch.ts'
import { type Outcome, transmit } from './transmit.ts'
import { deadlineOf, waitFor } from './waiting.ts'

/** What an attachment works with. */
export interface AttachmentContext {
  readonly session: BaseSession
  readonly watch: SessionWatch
  readonly destinations: Destinations
  readonly replay: boolean
  readonly resolve: ResolveAdapter
}

/** Puts a session's token on the requests of an instance. It stands where the adapter stood. */
export class Attachment {
  readonly #context: AttachmentContext

  constructor(context: AttachmentContext) {
    this.#context = context
  }

  /** Sends a request as the adapter would that stood in its config. */
  send(config: InternalAxiosRequestConfig, given: GivenAdapter): Promise<AxiosResponse> {
    const { session, watch, destinations, resolve } = this.#context
    if (given === undefined) delete config.adapter
    else config.adapter = given
    const adapter = resolve(given, config)
    const { data } = config
    const origin = config.particleGrants === false ? undefined : destinations.of(config)
    if (origin === undefined || bringsItsOwn(config)) {
      return typeof data === 'function' ? withBodyMade(config, adapter) : adapter(config)
    }
    const body = isSimple(data) ? undefined : bodyOf(config)
    const call: Call = { config, adapter, origin, deadline: deadlineOf(config), body, data }
    const token = session.peekToken()
    const isReady = token !== undefined && token !== watch.dead && (body === undefined || !body.isLarge)
    return isReady ? this.#first(call, token) : this.#whenReady(call)
  }

  /** Waits for a good token first: no request is sent with one that is known to be dead. */
  async #whenReady(call: Call): Promise<AxiosResponse> {
    const token = await this.#token(call)
    if (call.body?.first !== undefined) call.config.data = await call.body.first()
    return this.#first(call, token)
  }

  #first(call: Call, token: string): Promise<AxiosResponse> {
    return transmit(call, token, (outcome) =>
      outcome.response?.status === 401
        ? this.#afterRefusal(call, token, outcome)
        : this.#passOn({ config: call.config, token }, outcome),
    )
  }

  async #afterRefusal(call: Call, token: string, outcome: Outcome): Promise<AxiosResponse> {
    const { config, body } = call
    const { watch, session, replay } = this.#context
    const sent = { config, token }
    if (!(await saysDead(outcome.response))) return this.#passOn(sent, outcome)
    watch.dead = token
    if (!((config.particleGrants || undefined)?.replay ?? replay)) {
      session.rejected(token).catch((error: unknown) => watch.tell(error))
      return this.#passOn(sent, outcome)
    }
    // What waits keeps no socket.
    withoutRequest(outcome.failure?.error, sent)
    await this.#wait(session.rejected(token), call)
    if (body !== undefined && body.again === undefined) {
      const method = config.method?.toUpperCase() ?? 'GET'
      throw new GrantsError('request_not_replayable', { method, url: withoutQuery(urlOf(config)) })
    }
    const next = await this.#token(call)
    return next === token ? this.#passOn(sent, outcome) : this.#second(call, next)
  }

  /** The one replay. What it is answered is the answer; a session that can't go on from there says so itself. */
  async #second(call: Call, token: string): Promise<AxiosResponse> {
    const { config, body } = call
    if (body?.again !== undefined) config.data = await body.again(config)
    return transmit(call, token, async (outcome) => {
      if (await saysDead(outcome.response)) {
        this.#context.watch.dead = token
        await this.#wait(this.#context.session.rejected(token), call)
      }
      return this.#passOn({ config, token }, outcome)
    })
  }

  #passOn(sent: Sent, { response, failure }: Outcome): AxiosResponse {
    if (response !== undefined && response.status < 400) this.#context.session.accepted(sent.token)
    if (failure !== undefined) throw withoutToken(failure.error, sent)
    return guardResponse(response as AxiosResponse, sent)
  }

  /** A token that is good as far as anybody knows; for a large body one that is not about to end. */
  async #token(call: Call): Promise<string> {
    const { session, watch } = this.#context
    const held = session.peekToken()
    if (held !== undefined && held === watch.dead) await this.#wait(session.rejected(held), call)
    // Looking at a token in its last minutes has begun a renewal.
    else if (held !== undefined && call.body?.isLarge) await this.#wait(session.settled(), call)
    return session.peekToken() ?? (await this.#wait(watch.token(), call))
  }

  /** Waits within the call's limits. */
  async #wait<T>(promise: Promise<T>, { config, deadline }: Call): Promise<T> {
    try {
      return await waitFor(promise, config, deadline)
    } catch (error) {
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

async function withBodyMade(
  config: InternalAxiosRequestConfig,
  adapter: (config: InternalAxiosRequestConfig) => Promise<AxiosResponse>,
): Promise<AxiosResponse> {
  const make = config.data as () => unknown
  config.data = await make()
  try {
    return await adapter(config)
  } finally {
    config.data = make
  }
}

function withoutQuery(url: string): string {
  return url.replace(/[?#].*$/s, '')
}
