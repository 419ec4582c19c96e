// @ts-check
// Copy this file into a program that listens to devices.
import { setTimeout as delay } from 'node:timers/promises'
import { EventSourceParserStream } from 'eventsource-parser/stream'

/**
 * Yields the events of a stream. When the stream ends, it is opened again: with a valid token, after the last event id,
 * and with back-off. Throws what cannot be repeated.
 *
 * @param {import('@particle-grants/core').Session} session
 * @param {string} path e.g. `/v1/devices/events` or `/v1/products/1234/events/temperature`
 * @param {AbortSignal} [signal] stops it
 */
export async function* streamEvents(session, path, signal = new AbortController().signal) {
  const headers = new Headers({ accept: 'text/event-stream' })
  for (let failures = 0; ; failures += 1) {
    const openedAt = Date.now()
    try {
      const response = await session.fetch(path, { headers, signal })
      for await (const { event, data, id } of readEvents(response)) {
        if (id !== undefined) headers.set('last-event-id', id)
        yield { name: event, ...JSON.parse(data) }
      }
    } catch (error) {
      const { retry } = /** @type {{ retry?: string }} */ (error)
      // A GrantsError says whether it can be repeated. A broken connection is a TypeError.
      if (signal.aborted || !(retry === 'later' || error instanceof TypeError)) throw error
    }
    if (Date.now() > openedAt + 60_000) failures = 0
    await delay(Math.min(60_000, 1000 * 2 ** failures) * (0.5 + Math.random() / 2), undefined, { signal })
  }
}

/** @param {Response} response */
function readEvents({ ok, status, body }) {
  if (!ok) body?.cancel() // frees the connection
  const retry = status === 429 || status >= 500 ? 'later' : 'never'
  if (!ok || !body) throw Object.assign(new Error(`The API responded with ${status}.`), { retry })
  return body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream())
}
