import { describe, expect, it } from 'vitest'
import { proxyErrorIn } from '../errors/cli-error.ts'
import { noAnswer } from './api-call.ts'
import { assertProxies, proxyTrouble } from './proxy.ts'

const target = new URL('https://api.particle.io/v1')
const HTTPS_PROXY = 'http://user:hunter2@proxy.example:3128'

/** What `fetch` throws where a connection failed. */
function failed(cause: object): Error {
  return new TypeError('fetch failed', { cause: Object.assign(new Error('connect'), cause) })
}

describe('the trouble with a proxy', () => {
  it.each([
    [{ code: 'ECONNREFUSED', address: '10.0.0.1', port: 3128 }],
    [{ code: 'ENOTFOUND', hostname: 'proxy.example' }],
    [{ code: 'UND_ERR_CONNECT_TIMEOUT', message: 'timed out (attempted address: proxy.example:3128)' }],
    [{ message: 'Proxy response (407) !== 200 when HTTP Tunneling' }],
  ])('names its host and the variable, and no password: %j', (cause) => {
    const error = proxyTrouble(failed(cause), target, { HTTPS_PROXY })
    expect(error?.message).toContain('proxy.example:3128 (HTTPS_PROXY)')
    expect(error?.message).not.toContain('hunter2')
    expect(proxyErrorIn(new Error('wrapped', { cause: error }))?.remedy).toContain('NO_PROXY')
  })

  it.each([
    [{ code: 'ECONNREFUSED', address: '127.0.0.1', port: 443 }],
    [{ code: 'ENOTFOUND', hostname: 'api.particle.io' }],
  ])('is not what another host did: %j', (cause) => {
    expect(proxyTrouble(failed(cause), target, { HTTPS_PROXY })).toBeUndefined()
    expect(proxyTrouble(failed(cause), target, {})).toBeUndefined()
  })

  it('may be that a variable has no address', () => {
    expect(() => assertProxies({ HTTP_PROXY: 'nonsense' })).toThrow(/^HTTP_PROXY is no address/)
    expect(() => assertProxies({ https_proxy: 'socks5://a:1' })).toThrow(/^https_proxy/)
    expect(() => assertProxies({ HTTP_PROXY: '', HTTPS_PROXY })).not.toThrow()
  })
})

describe('a call that found nobody', () => {
  it("has the system's code, below what Axios calls it", () => {
    const axios = Object.assign(new Error('Network Error', { cause: failed({ code: 'ECONNREFUSED' }) }), {
      code: 'ERR_NETWORK',
    })
    expect(noAnswer(axios).message).toBe('No answer from the API (ECONNREFUSED).')
  })
})
