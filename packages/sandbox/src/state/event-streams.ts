import type { Account } from './accounts.ts'

/** A published event. The streams of its account and of its product show it. */
export interface PublishedEvent {
  readonly id: number
  readonly name: string
  readonly data: string | null
  readonly ttl: number
  readonly publishedAt: number
  readonly account: Account
  readonly productId: string | undefined
}

/** Which events a stream shows, and until when. */
interface StreamOptions {
  readonly accepts: (event: PublishedEvent) => boolean
  /** Checked before each event and every 50 ms, because tests move the clock. */
  readonly isTokenValid: () => boolean
  readonly lastEventId: string | undefined
  readonly signal: AbortSignal | undefined
}

interface OpenStream extends StreamOptions {
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
  #lastId = 0

  constructor({ eventIds }: { readonly eventIds: boolean }) {
    this.#sendIds = eventIds
  }

  publish(event: Omit<PublishedEvent, 'id'>): void {
    this.#lastId += 1
    const published = { ...event, id: this.#lastId }
    this.#published.push(published)
    if (this.#published.length > maxResendable) this.#published.shift()
    for (const stream of this.#streams) {
      if (stream.isTokenValid()) this.#send(stream, published)
      else stream.end()
    }
  }

  /** Returns the body of a new stream. It ends with its token, when the client disconnects, and at a reset. */
  open(options: StreamOptions): ReadableStream<Uint8Array> {
    const { signal } = options
    const encoder = new TextEncoder()
    let stop: () => boolean
    return new ReadableStream<Uint8Array>({
      start: (controller) => {
        const stream: OpenStream = {
          ...options,
          write(text) {
            controller.enqueue(encoder.encode(text))
            stream.lastWriteAt = Date.now()
          },
          end(reason) {
            if (!stop()) return
            if (reason === undefined) controller.close()
            else controller.error(reason)
          },
          lastWriteAt: 0,
        }
        const timer = setInterval(() => checkStream(stream), checkIntervalMs)
        stop = () => {
          clearInterval(timer)
          return this.#streams.delete(stream)
        }
        this.#streams.add(stream)
        signal?.addEventListener('abort', () => stream.end(signal.reason))
        stream.write(':ok\n\n')
        for (const event of this.#missedSince(options.lastEventId)) this.#send(stream, event)
      },
      cancel: () => void stop(),
    })
  }

  /** Ends all streams. */
  close(): void {
    for (const stream of this.#streams) stream.end()
  }

  #missedSince(lastEventId: string | undefined): PublishedEvent[] {
    if (!this.#sendIds || !/^\d+$/.test(lastEventId ?? '')) return []
    return this.#published.filter(({ id }) => id > Number(lastEventId))
  }

  #send({ accepts, write }: OpenStream, event: PublishedEvent): void {
    if (!accepts(event)) return
    const { id, name, data, ttl, publishedAt } = event
    // An event that the API published has `api` instead of the device.
    const json = { data, ttl, published_at: new Date(publishedAt).toISOString(), coreid: 'api' }
    write(`${this.#sendIds ? `id: ${id}\n` : ''}event: ${name}\ndata: ${JSON.stringify(json)}\n\n`)
  }
}

function checkStream(stream: OpenStream): void {
  if (!stream.isTokenValid()) stream.end()
  else if (Date.now() >= stream.lastWriteAt + keepAliveMs) stream.write('\n')
}
