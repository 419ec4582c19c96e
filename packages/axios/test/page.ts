// What runs in the page of the browser tests: this package with one version of Axios, on a session of the page's own.
import { createSession, productClient } from '@particle-grants/core'
import axios, { type AxiosError, type AxiosRequestConfig } from 'axios'
import { attachSession } from '../src/index.ts'

/** Where the page finds the API. */
export interface PageOptions {
  readonly api: string
  readonly allowedOrigins?: readonly string[] | undefined
}

/** What the session's clock is ahead, in milliseconds. */
let ahead = 0

/** What the test may ask of the page. All of it is sent by XMLHttpRequest. */
const page = {
  advance(milliseconds: number): void {
    ahead += milliseconds
  },

  async open(options: PageOptions): Promise<string> {
    const session = createSession({
      client: productClient({ id: 'my-product-1234', secret: 'product-secret' }),
      baseUrl: options.api,
      clock: { now: () => Date.now() + ahead },
    })
    attachSession(axios, session, { allowedOrigins: options.allowedOrigins })
    return session.getAccessToken()
  },

  async get(url: string, responseType: 'json' | 'text' | 'blob' | 'arraybuffer' = 'json'): Promise<unknown> {
    const { data, request } = await axios.get(url, { responseType })
    const sent = String(request)
    if (data instanceof Blob) return [sent, await data.text()]
    if (data instanceof ArrayBuffer) return [sent, new TextDecoder().decode(data)]
    return [sent, typeof data === 'string' ? data : JSON.stringify(data)]
  },

  /** Sends what can be sent; what became of it is for the servers to say. */
  async tryAll(configs: readonly AxiosRequestConfig[]): Promise<void> {
    for (const config of configs) await axios.request({ timeout: 10_000, ...config }).catch(() => {})
  },

  async post(url: string, fields: Record<string, string>): Promise<unknown> {
    const form = new FormData()
    for (const [name, value] of Object.entries(fields)) form.append(name, value)
    const progress = { loaded: 0 }
    const onUploadProgress = ({ loaded }: { loaded: number }) => {
      progress.loaded = loaded
    }
    const { status } = await axios.post(url, form, { onUploadProgress })
    return { status, ...progress }
  },

  /** A failure, as a logger of the page would write it. */
  async fail(url: string): Promise<unknown> {
    try {
      await axios.get(url)
      return 'went through'
    } catch (thrown) {
      const error = thrown as AxiosError
      return {
        text: JSON.stringify([error, error.config, error.request, error.response, String(error.stack)]),
        request: error.request,
        status: error.response?.status,
      }
    }
  },

  async abortWhileWaiting(url: string): Promise<string> {
    const controller = new AbortController()
    const call = axios.get(url, { signal: controller.signal })
    controller.abort()
    return call.then(
      () => 'went through',
      (error: AxiosError) => String(error.code),
    )
  },
}

Object.assign(globalThis, { page })
/** The page's own functions, for the test that calls them. */
export type Page = typeof page
