import type { Sandbox } from '@particle-grants/sandbox'
import type { Names } from './names.ts'

/** A request and its response as HTTP text. Secrets are replaced by names. */
export interface Exchange {
  readonly request: string
  /** `undefined`: no response arrived. */
  readonly response: string | undefined
  readonly status: number | undefined
}

/** The headers that are shown. */
const shownHeaders = ['authorization', 'content-type', 'cache-control', 'date', 'retry-after', 'www-authenticate']

/** Returns a `fetch` that calls the sandbox, never the network, and records each exchange. */
export function recordFetch(
  sandbox: Pick<Sandbox, 'fetch'>,
  names: Names,
  record: (exchange: Exchange) => void,
): typeof fetch {
  return async (input: Parameters<typeof fetch>[0], init?: RequestInit) => {
    const sent = new Request(input, init)
    const request = await writeRequest(sent.clone(), names)
    let response: Response
    try {
      response = await sandbox.fetch(sent)
    } catch (thrown) {
      record({ request, response: undefined, status: undefined })
      throw thrown
    }
    const text = await writeResponse(response.clone(), names)
    record({ request, response: text, status: response.status })
    return response
  }
}

async function writeRequest(request: Request, names: Names): Promise<string> {
  const { host, pathname, search } = new URL(request.url)
  const body = await request.text()
  const head = [`${request.method} ${pathname}${search} HTTP/1.1`, `Host: ${host}`, ...headers(request, names)]
  return [...head, ...(body === '' ? [] : ['', writeForm(body, names)])].join('\n')
}

async function writeResponse(response: Response, names: Names): Promise<string> {
  const body = await response.text().catch(() => '… and the connection closed')
  return [`HTTP/1.1 ${response.status}`, ...headers(response, names), '', writeBody(body, names)].join('\n')
}

function headers({ headers }: { readonly headers: Headers }, names: Names): string[] {
  return shownHeaders.flatMap((name) => {
    const value = headers.get(name)
    if (value === null) return []
    const written = name.replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase())
    return [`${written}: ${name === 'authorization' ? credentials(value, names) : value}`]
  })
}

function credentials(value: string, names: Names): string {
  const [scheme = '', secret = ''] = value.split(' ')
  return `${scheme} ${scheme === 'Bearer' ? names.of(secret, 'access token') : '‹client id:secret›'}`
}

function writeForm(body: string, names: Names): string {
  return [...new URLSearchParams(body)].map(([name, value]) => `${name}=${names.shown(name, value)}`).join('\n&')
}

function writeBody(body: string, names: Names): string {
  let json: unknown
  try {
    json = JSON.parse(body)
  } catch {
    return body
  }
  // Only the token endpoint's responses contain secrets, and they are flat.
  const shown = (name: string, value: unknown) =>
    typeof value === 'string' && /token|error|scope/.test(name) ? names.shown(name, value) : value
  return JSON.stringify(json, shown, 2)
}
