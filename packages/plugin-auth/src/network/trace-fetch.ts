import { escapeControls } from '../output/text.ts'

type Fetch = typeof fetch

const redacted = '[redacted]'
/** The names of headers, fields and parameters whose values are secret. */
const secretName = /pass|secret|token|otp|key|cookie|auth|assertion|credential|recovery|^(?:code|qr_url)$/i
/** Names that match the pattern above, and whose values are public. */
const publicNames = ['token_type', 'www-authenticate']
/** A token of Particle, wherever it is. */
const tokenPattern = /\b[0-9a-f]{40}\b/gi

/** A request or a response, as it is printed. */
interface Message {
  readonly title: string
  readonly headers: Headers
  readonly body: string
}

/**
 * Sends a request by `send`, and prints it and its response on stderr as `curl -v` does. A value is left out if its name
 * says that it is secret, and so is every copy of it: a server may repeat it elsewhere.
 */
export async function traceFetch(send: Fetch, ...[input, init]: Parameters<Fetch>): Promise<Response> {
  const redactor = new Redactor()
  print('>', redactor.redact(await readRequest(input, init)))
  const response = await send(input, init)
  const { status, statusText, headers } = response
  // A stream of events does not end.
  const isStream = headers.get('content-type')?.startsWith('text/event-stream')
  const body = isStream ? '(a stream of events)' : await response.clone().text()
  print('<', redactor.redact({ title: `${status} ${statusText}`.trim(), headers, body }))
  return response
}

async function readRequest(...[input, init = {}]: Parameters<Fetch>): Promise<Message> {
  const request = input instanceof Request ? input.clone() : undefined
  const method = init.method ?? request?.method ?? 'GET'
  const { body } = init
  const text = body instanceof Uint8Array ? new TextDecoder().decode(body) : String(body ?? '')
  return {
    title: `${method} ${request?.url ?? input}`,
    headers: new Headers(init.headers ?? request?.headers),
    body: request === undefined ? text : await request.text(),
  }
}

function print(mark: '>' | '<', text: string): void {
  process.stderr.write(`${escapeControls(text.replaceAll('\r\n', '\n')).replace(/^/gm, `${mark} `)}\n`)
}

/** Removes the secrets of one request and its response. */
class Redactor {
  readonly #secrets = new Set<string>()

  redact({ title, headers, body }: Message): string {
    const lines = [...headers].map(([name, value]) => `${name}: ${this.#redactValue(name, value)}`)
    const text = [this.#redactParameters(title), ...lines, '', this.#redactBody(body)].join('\n').trimEnd()
    const longestFirst = [...this.#secrets].sort((one, other) => other.length - one.length)
    const withoutCopies = longestFirst.reduce((rest, secret) => rest.replaceAll(secret, redacted), text)
    return withoutCopies.replace(tokenPattern, redacted)
  }

  #redactValue<T>(name: string, value: T): T | typeof redacted {
    const isText = typeof value === 'string' || typeof value === 'number'
    if (!isText || !secretName.test(name) || publicNames.includes(name)) return value
    const [, scheme, secret = `${value}`] = /^(?:(basic|bearer) )?(.+)$/is.exec(`${value}`) ?? []
    this.#remember(secret)
    // The secret of a client is in base64, after its id.
    if (scheme?.toLowerCase() === 'basic')
      this.#remember(
        Buffer.from(secret, 'base64')
          .toString()
          .replace(/^[^:]*:/, ''),
      )
    return redacted
  }

  /** Redacts the parameters of a form or a URL. */
  #redactParameters(text: string): string {
    return text.replace(/(?<=^|[?&])[^=&?\s]+=[^&\s]*/g, (parameter) => {
      const [[name = '', value = ''] = []] = new URLSearchParams(parameter)
      return this.#redactValue(name, value) === value ? parameter : `${name}=${redacted}`
    })
  }

  #redactBody(body: string): string {
    try {
      return JSON.stringify(
        JSON.parse(body, (name, value) => this.#redactValue(name, value)),
        null,
        2,
      )
    } catch {
      return this.#redactParameters(body)
    }
  }

  #remember(secret: string): void {
    // A shorter text is part of other words.
    if (secret.length < 4) return
    for (const form of [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)])
      this.#secrets.add(form)
  }
}
