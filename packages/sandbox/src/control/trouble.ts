/** The connection is to end without an answer. A TypeError, which is what `fetch` rejects with then. */
export class ConnectionDropped extends TypeError {
  override readonly name = 'ConnectionDropped'

  constructor() {
    super('fetch failed', { cause: new Error('The sandbox dropped the connection, as a fault told it to') })
  }
}

const bodyToHalve =
  '{"token_type":"bearer","access_token":"the rest of this answer is lost","expires_in":7776000}'

/** An answer whose body breaks off in the middle; `Content-Length` tells the whole. */
export async function halfOf(response: Response): Promise<Response> {
  const whole = new TextEncoder().encode((await readStart(response)) || bodyToHalve)
  let sent = false
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (sent) {
        controller.error(new TypeError('terminated'))
      } else {
        sent = true
        controller.enqueue(whole.subarray(0, Math.ceil(whole.length / 2)))
      }
    },
  })
  const headers = new Headers(response.headers)
  headers.set('content-length', String(whole.length))
  return new Response(body, { status: response.status, headers })
}

/** The body; of an event stream, which does not end, its first part. */
async function readStart(response: Response): Promise<string> {
  if (response.headers.get('content-type') !== 'text/event-stream' || response.body === null)
    return response.text()
  const reader = response.body.getReader()
  const { value } = await reader.read()
  await reader.cancel()
  return new TextDecoder().decode(value)
}

/** Waits in real time; rejects with the signal's reason when the client goes away. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason)
    if (ms === 0) return resolve()
    const onAbort = () => {
      clearTimeout(timer)
      reject(signal.reason)
    }
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', onAbort)
      resolve()
    }, ms)
    signal.addEventListener('abort', onAbort, { once: true })
  })
}
