import type { IncomingMessage } from 'node:http'
import { request as httpRequest } from 'node:http'
import type { Exchange, Recorder } from './exchange.ts'

/** A form field of a curl command. */
export interface CurlField {
  readonly name: string
  readonly value: string
  /** What stands for the value in the command to paste: a variable, where it is a secret or one's own. */
  readonly shown?: string
  /** Sent by `--data-urlencode`, for values in which `&` or `+` may stand. @default false: `-d` */
  readonly encoded?: boolean
}

/** `curl URL -u USER -d …`, as the report writes it. */
export interface CurlCommand {
  readonly path: string
  readonly user: string
  readonly fields: readonly CurlField[]
}

/** The command to paste, in the parts between which a line may be broken. */
export function curlWords({ path, user, fields }: CurlCommand): string[] {
  return [
    `curl "$PARTICLE_BASE_URL${path}"`,
    `-u ${user}`,
    ...fields.map(({ name, value, shown, encoded }) => {
      const flag = encoded ? '--data-urlencode' : '-d'
      return shown ? `${flag} "${name}=${shown}"` : `${flag} ${name}=${value}`
    }),
  ]
}

/** Sends what curl would send, header by header. Not by `fetch`, which adds some of its own. */
export async function sendAsCurl(baseUrl: string, command: CurlCommand, record: Recorder): Promise<Exchange> {
  const { host } = new URL(baseUrl)
  const body = command.fields
    .map(({ name, value, encoded }) => `${name}=${encoded ? urlEncoded(value) : value}`)
    .join('&')
  const headers = {
    Host: host,
    Authorization: `Basic ${Buffer.from(command.user).toString('base64')}`,
    'User-Agent': 'curl/7.88.1',
    Accept: '*/*',
    'Content-Length': `${Buffer.byteLength(body)}`,
    'Content-Type': 'application/x-www-form-urlencoded',
  }
  const { path } = command
  const { statusCode = 0, statusMessage = '', text } = await post({ url: baseUrl + path, headers, body })
  const answered = { status: statusCode, statusText: statusMessage, answer: text }
  const exchange: Exchange = { method: 'POST', path, headers, body, ...answered }
  record(exchange)
  return exchange
}

interface Post {
  readonly url: string
  readonly headers: { [name: string]: string }
  readonly body: string
}

function post({ url, headers, body }: Post): Promise<IncomingMessage & { text: string }> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(url, { method: 'POST', headers, agent: false }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        text += chunk
      })
      response.on('end', () => resolve(Object.assign(response, { text })))
      response.on('error', reject)
    })
    // Node would say "Connection: close"; curl says nothing.
    request.removeHeader('Connection')
    request.on('error', reject)
    request.end(body)
  })
}

/** As `--data-urlencode` does it. */
function urlEncoded(value: string): string {
  return encodeURIComponent(value).replaceAll('%20', '+')
}
