import { afterEach, describe, expect, it, vi } from 'vitest'
import { toNetworkError } from './api-call.ts'

/** What `fetch` throws if a connection fails. */
function fetchFailed(cause: object): Error {
  return new TypeError('fetch failed', { cause: Object.assign(new Error('connect'), cause) })
}

afterEach(() => void vi.unstubAllEnvs())

describe('toNetworkError', () => {
  it.each([
    [{ code: 'ECONNREFUSED' }, 'No answer from the API (ECONNREFUSED).'],
    [{ name: 'TimeoutError' }, 'No answer from the API (timeout).'],
    [
      { message: 'Proxy response (407) !== 200 when HTTP Tunneling' },
      'No answer from the API (the proxy answered 407).',
    ],
    [{}, 'No answer from the API.'],
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
