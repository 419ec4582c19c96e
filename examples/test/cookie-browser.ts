/** Sends a request to the server under test, without following redirects. */
export type Send = (request: Request) => Response | Promise<Response>

export interface Page {
  readonly status: number
  readonly text: string
  readonly headers: Headers
}

/** A browser without scripts: it keeps cookies, submits forms and follows redirects. */
export class CookieBrowser {
  readonly cookies = new Map<string, string>()
  /** Every `Set-Cookie` header that it received. */
  readonly received: string[] = []
  readonly #origin: string
  readonly #send: Send

  constructor(origin: string, send: Send) {
    this.#origin = origin
    this.#send = send
  }

  get(path: string): Promise<Page> {
    return this.#request(path)
  }

  /** @param origin - the site that the form is on */
  submit(path: string, fields: Readonly<Record<string, string>> = {}, origin: string = this.#origin): Promise<Page> {
    return this.#request(path, { method: 'POST', body: new URLSearchParams(fields), headers: { origin } })
  }

  async #request(path: string, init: RequestInit = {}): Promise<Page> {
    const request = new Request(new URL(path, this.#origin), { redirect: 'manual', ...init })
    request.headers.set('cookie', [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; '))
    const response = await this.#send(request)
    for (const header of response.headers.getSetCookie()) {
      this.received.push(header)
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(header) ?? []
      if (/max-age=0/i.test(header)) this.cookies.delete(name)
      else this.cookies.set(name, value)
    }
    const location = response.headers.get('location')
    if (location !== null) return this.#request(location)
    return { status: response.status, text: await response.text(), headers: response.headers }
  }
}
