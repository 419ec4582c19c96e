import { request as httpRequest } from 'node:http'

/** An HTTP request. Node adds only Host, Connection and the length of the body. */
export interface RawRequest {
  method?: string
  path: string
  headers?: Record<string, string>
  body?: string
}

/** An HTTP response. */
export interface RawResponse {
  status: number
  headers: Record<string, string | string[] | undefined>
  text: string
  // biome-ignore lint/suspicious/noExplicitAny: tests read responses of every shape
  json: any
}

/** Sends a request over a socket. Rejects if the connection ends before the response does. */
export function send(base: string, { method = 'POST', path, headers = {}, body }: RawRequest): Promise<RawResponse> {
  return new Promise((resolve, reject) => {
    const length: Record<string, string> =
      body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }
    const request = httpRequest(`${base}${path}`, { method, headers: { ...length, ...headers } }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8')
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text,
          json: parseJson(text),
        })
      })
    })
    request.on('error', reject)
    request.end(body)
  })
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Returns an Authorization header. */
export function basic(id: string, secret: string): string {
  return `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`
}
