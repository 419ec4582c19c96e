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

  /** Returns the body of a new stream. It ends with its token, when the client disconnects, and at a reset. */
  open(options: {
    readonly accepts: OpenStream['accepts']
    readonly isTokenValid: OpenStream['isTokenValid']
    readonly lastEventId: string | undefined
    readonly signal: AbortSignal | undefined
  }): ReadableStream<Uint8Array> {
    const { signal, lastEventId, ...rest } = options
    const encoder = new TextEncoder()
    let stream: OpenStream
    return new ReadableStream<Uint8Array>({
      start: (controller) => {
        const end = (reason?: unknown) => {
          if (!this.#remove(stream)) return
          signal?.removeEventListener('abort', onAbort)
          if (reason === undefined) controller.close()
          else controller.error(reason)
        }
        const onAbort = () => end(signal?.reason)
        const write = (text: string) => {
          controller.enqueue(encoder.encode(text))
          stream.lastWriteAt = Date.now()
        }
        stream = { ...rest, write, end, lastWriteAt: 0 }
        this.#add(stream)
        signal?.addEventListener('abort', onAbort)
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
