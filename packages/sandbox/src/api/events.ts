import type { Context } from 'hono'
import { field } from '../call.ts'
import type { AccessToken } from '../model/tokens.ts'
import type { World } from '../model/world.ts'
import type { App, Env } from './routing.ts'
import { authorised, refused, reply } from './routing.ts'

/** A published event. Whose streams show it: those of its account, and of its product. */
interface PublishedEvent {
  readonly id: number
  readonly name: string
  readonly data: string | null
  readonly ttl: number
  readonly publishedAt: number
  readonly account: AccessToken['account']
  readonly productId: string | undefined
}

/** An open stream. `isTokenValid` is checked before each event and every 50 ms: tests move the clock. */
interface OpenStream {
  readonly accepts: (event: PublishedEvent) => boolean
  readonly isTokenValid: () => boolean
  readonly write: (text: string) => void
  readonly end: (reason?: unknown) => void
  lastWriteAt: number
}

const checkIntervalMs = 50
/** Particle's own client expects a sign of life within 15 s. */
const keepAliveMs = 10_000
const maxResendable = 1000

/** The events of a sandbox, and the streams that wait for them. */
export class EventStreams {
  readonly #published: PublishedEvent[] = []
  readonly #streams = new Set<OpenStream>()
  readonly #sendIds: boolean
  #timer: ReturnType<typeof setInterval> | undefined
  #lastId = 0

  constructor({ eventIds }: { readonly eventIds: boolean }) {
    this.#sendIds = eventIds
  }

  publish(event: Omit<PublishedEvent, 'id'>): void {
    this.#lastId += 1
    const published = { ...event, id: this.#lastId }
    this.#published.push(published)
    if (this.#published.length > maxResendable) this.#published.shift()
    this.#checkStreams()
    for (const stream of this.#streams) this.#send(stream, published)
  }

  /** Returns the body of a new stream. It ends with its token, when the client goes away, and at a reset. */
  open(options: {
    readonly accepts: OpenStream['accepts']
    readonly isTokenValid: OpenStream['isTokenValid']
    readonly lastEventId: string | null
    readonly signal: AbortSignal
  }): ReadableStream<Uint8Array> {
    const { signal, lastEventId, ...rest } = options
    const encoder = new TextEncoder()
    let stream: OpenStream
    return new ReadableStream<Uint8Array>({
      start: (controller) => {
        const end = (reason?: unknown) => {
          if (!this.#remove(stream)) return
          signal.removeEventListener('abort', onAbort)
          if (reason === undefined) controller.close()
          else controller.error(reason)
        }
        const onAbort = () => end(signal.reason)
        const write = (text: string) => {
          controller.enqueue(encoder.encode(text))
          stream.lastWriteAt = Date.now()
        }
        stream = { ...rest, write, end, lastWriteAt: 0 }
        this.#add(stream)
        signal.addEventListener('abort', onAbort)
        write(':ok\n\n')
        for (const event of this.#missedSince(lastEventId)) this.#send(stream, event)
      },
      cancel: () => void this.#remove(stream),
    })
  }

  /** Ends all streams. */
  close(): void {
    for (const stream of this.#streams) stream.end()
  }

  #missedSince(lastEventId: string | null): PublishedEvent[] {
    if (!this.#sendIds || !/^\d+$/.test(lastEventId ?? '')) return []
    return this.#published.filter(({ id }) => id > Number(lastEventId))
  }

  #send({ accepts, write }: OpenStream, event: PublishedEvent): void {
    if (!accepts(event)) return
    const { id, name, data, ttl, publishedAt } = event
    // An event that was not published by a device names `api` in the place of the device.
    const json = { data, ttl, published_at: new Date(publishedAt).toISOString(), coreid: 'api' }
    write(`${this.#sendIds ? `id: ${id}\n` : ''}event: ${name}\ndata: ${JSON.stringify(json)}\n\n`)
  }

  #add(stream: OpenStream): void {
    this.#streams.add(stream)
    this.#timer ??= setInterval(() => this.#checkStreams(), checkIntervalMs)
  }

  #remove(stream: OpenStream): boolean {
    const isRemoved = this.#streams.delete(stream)
    if (this.#streams.size === 0) {
      clearInterval(this.#timer)
      this.#timer = undefined
    }
    return isRemoved
  }

  #checkStreams(): void {
    for (const stream of this.#streams) {
      if (!stream.isTokenValid()) stream.end()
      else if (Date.now() >= stream.lastWriteAt + keepAliveMs) stream.write('\n')
    }
  }
}

/** Streams of events, and publishing one, for an account or for a product. Add them before the routes of devices. */
export function addEventRoutes(app: App): void {
  const devices = authorised((token, context) => openStream(token, context, ofAccount(token)))
  app.get('/v1/devices/events', devices)
  app.get('/v1/devices/events/:prefix', devices)
  app.post(
    '/v1/devices/events',
    authorised((token, context) => publishEvent(token, context, token.account.customerOf)),
  )
  const product = authorised((token, context) =>
    withProduct(token, context, (id) => openStream(token, context, ({ productId }) => productId === id)),
  )
  app.get('/v1/products/:productIdOrSlug/events', product)
  app.get('/v1/products/:productIdOrSlug/events/:prefix', product)
  app.post(
    '/v1/products/:productIdOrSlug/events',
    authorised((token, context) => withProduct(token, context, (id) => publishEvent(token, context, id))),
  )
}

function ofAccount({ account }: AccessToken): OpenStream['accepts'] {
  return (event) => event.account === account
}

function openStream(
  token: AccessToken,
  { req, env }: Context<Env>,
  belongs: OpenStream['accepts'],
): Response {
  const { world, call } = env
  const prefix = req.param('prefix') ?? ''
  const body = world.events.open({
    accepts: (event) => event.name.startsWith(prefix) && belongs(event),
    isTokenValid: () => world.tokens.access(token.token) === token && !world.tokens.isExpired(token),
    lastEventId: call.headers.get('last-event-id'),
    signal: call.signal,
  })
  return new Response(body, { headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' } })
}

function publishEvent(token: AccessToken, { env }: Context<Env>, productId: string | undefined): Response {
  const { world, call } = env
  const name = field(call, 'name')
  // A line break would end the line of the stream.
  if (!name || name.length > 64 || /[\r\n]/.test(name))
    return refused(400, 'name is required: 1 to 64 characters')
  const ttl = Number(call.form.get('ttl') ?? call.json.ttl ?? 60)
  if (!Number.isInteger(ttl) || ttl < 0) return refused(400, 'ttl must be a number of seconds')
  const data = field(call, 'data') ?? null
  world.events.publish({ name, data, ttl, publishedAt: call.at, account: token.account, productId })
  return reply({ ok: true })
}

/** Runs a handler for a product of the token's account. */
function withProduct(
  { account }: AccessToken,
  { req, env: { world } }: Context<Env>,
  handle: (productId: string) => Response,
): Response {
  const product = world.clients.product(req.param('productIdOrSlug') ?? '')
  if (!product) return refused(404, 'Product not found')
  return isOwner(world, account.username, product.id)
    ? handle(product.id)
    : refused(403, 'This product is not yours')
}

function isOwner({ clients }: World, username: string, productId: string): boolean {
  return clients.list().some(({ owner, product }) => product?.id === productId && owner === username)
}
