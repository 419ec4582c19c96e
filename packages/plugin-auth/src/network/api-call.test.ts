import { afterEach, describe, expect, it, vi } from 'vitest'
import { toNetworkError } from './api-call.ts'

/** What `fetch` throws if a connection fails. */
function fetchFailed(cause: object): Error {
  return new TypeError('fetch failed', { cause: Object.assign(new Error('connect'), cause) })
}

afterEach(() => void vi.unstubAllEnvs())

describe('toNetworkError', () => {
  it.each([
    [{ code: 'ECONNREFUSED' }, 'The API could not be reached (ECONNREFUSED).'],
    [{ name: 'TimeoutError' }, 'The API did not respond within 30 s.'],
    [
      { message: 'Proxy response (407) !== 200 when HTTP Tunneling' },
      'The proxy refused the connection to the API: it responded with 407.',
    ],
    [{}, 'The API could not be reached.'],
    [{ message: 'bad port' }, 'The API could not be reached (fetch does not connect to this port).'],
    [
      { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' },
      'The certificate of the API is not trusted (DEPTH_ZERO_SELF_SIGNED_CERT).',
    ],
    [
      { code: 'CERT_HAS_EXPIRED' },
      "The certificate of the API is not valid at this machine's time (CERT_HAS_EXPIRED).",
    ],
  ])('names the reason below the error of fetch: %j', (cause, message) => {
    expect(toNetworkError(fetchFailed(cause)).message).toBe(message)
  })

  it.each([
    ['HTTPS_PROXY', 'http://someone:hunter2@proxy.example:3128', 'Check the proxy proxy.example:3128 (HTTPS_PROXY)'],
    ['http_proxy', 'socks5://someone:hunter2@proxy.example:1080', 'http_proxy is not a proxy URL.'],
    ['HTTP_PROXY', 'hunter2', 'HTTP_PROXY is not a proxy URL.'],
  ])('names the proxy of %s in the remedy, without its password', (name, value, remedy) => {
    for (const other of ['https_proxy', 'HTTPS_PROXY', 'http_proxy', 'HTTP_PROXY']) vi.stubEnv(other, '')
    vi.stubEnv(name, value)
    const error = toNetworkError(fetchFailed({ code: 'ECONNREFUSED' }))

    expect(error.remedy).toContain(remedy)
    expect(error.remedy).not.toContain('hunter2')
  })
})
