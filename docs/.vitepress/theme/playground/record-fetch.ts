import type { Sandbox } from '@particle-grants/sandbox'

/** A request and its response as HTTP text. Secrets are replaced by names. */
export interface Exchange {
  readonly request: string
  /** `undefined`: no response arrived. */
  readonly response: string | undefined
  readonly status: number | undefined
}

/** The headers that are shown. */
const shownHeaders = ['authorization', 'content-type', 'cache-control', 'date', 'retry-after', 'www-authenticate']

/** Fields of a request whose values are shown. All others are hidden until they are listed here. */
const harmless = new Set(['grant_type', 'client_id', 'username', 'scope', 'expires_in'])

/** Replaces tokens by names. The same token always has the same name, so that readers see which one is used where. */
export class Names {
  readonly #names = new Map<string, string>()

  /** Returns what is shown for a field of a request. */
  shown(field: string, value: string): string {
    if (harmless.has(field)) return value
    return field.endsWith('_token') ? this.of(value, field) : `‹${field}›`
  }

  /** Returns the name of a token, a new one if it was not seen before. */
  of(token: string, field: string): string {
    const count = [...this.#names.values()].filter((name) => name.startsWith(`‹${field} `)).length
    const name = this.#names.get(token) ?? `‹${field} ${count + 1}›`
    this.#names.set(token, name)
    return name
  }

  /** Returns the last token of this field. */
  latest(field: string): string | undefined {
    return [...this.#names].findLast(([, name]) => name.startsWith(`‹${field} `))?.[0]
  }
}

/** Returns a `fetch` that calls the sandbox, never the network, and records each exchange. */
export function recordFetch(sandbox: Sandbox, names: Names, record: (exchange: Exchange) => void): typeof fetch {
  return async (input: Parameters<typeof fetch>[0], init?: RequestInit) => {
    const sent = new Request(input, init)
    const request = await writeRequest(sent.clone(), names)
    const response = await sandbox.fetch(sent).catch((error: unknown) => {
      record({ request, response: undefined, status: undefined })
      throw error
    })
    const text = await writeResponse(response.clone(), names)
    record({ request, response: text, status: response.status })
    return response
  }
}

async function writeRequest(request: Request, names: Names): Promise<string> {
  const { host, pathname, search } = new URL(request.url)
  const form = [...new URLSearchParams(await request.text())].map(
    ([name, value]) => `${name}=${names.shown(name, value)}`,
  )
  const head = [`${request.method} ${pathname}${search} HTTP/1.1`, `Host: ${host}`, ...headers(request, names)]
  return [...head, ...(form.length === 0 ? [] : ['', form.join('\n&')])].join('\n')
}

async function writeResponse(response: Response, names: Names): Promise<string> {
  const body = await response.text()
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
  return `${scheme} ${scheme === 'Bearer' ? names.of(secret, 'access_token') : '‹client id:secret›'}`
}

function writeBody(body: string, names: Names): string {
  if (!body.startsWith('{') && !body.startsWith('[')) return body
  // Only the token endpoint's responses contain secrets, and they are flat.
  const shown = (name: string, value: unknown) =>
    typeof value === 'string' && name.endsWith('_token') ? names.of(value, name) : value
  return JSON.stringify(JSON.parse(body), shown, 2)
}
