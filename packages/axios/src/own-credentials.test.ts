import type { AxiosError, AxiosRequestConfig, InternalAxiosRequestConfig } from 'axios'
import { describe, expect, it } from 'vitest'
import { recorder } from '../test/recorder.ts'
import { numberedTokens, tokenNumber } from '../test/tokens.ts'
import { versions } from '../test/versions.ts'

const form = new FormData()
form.append('access_token', 'theirs')

const own: [string, AxiosRequestConfig][] = [
  ['in the header', { headers: { Authorization: 'Bearer theirs' } }],
  ['in the header in small letters', { headers: { authorization: 'Bearer theirs' } }],
  ['as no header at all', { headers: { Authorization: false } }],
  ['as user name and password', { auth: { username: 'me', password: 'secret' } }],
  ['in the query', { url: '/v1?a=1&access_token=theirs#b' }],
  ['in the query, encoded', { url: '/v1?access%5Ftoken=theirs' }],
  ['in the params', { params: { access_token: 'theirs' } }],
  ['in URLSearchParams', { params: new URLSearchParams({ access_token: 'theirs' }) }],
  ['in a form', { method: 'POST', data: new URLSearchParams({ a: '1', access_token: 'theirs' }) }],
  ['in a form that is empty', { method: 'POST', data: 'access_token=' }],
  ['in JSON', { method: 'POST', data: { access_token: 'theirs' } }],
  ['in multipart', { method: 'POST', data: form }],
]

const none: [string, AxiosRequestConfig][] = [
  ['a header that is undefined', { headers: { Authorization: undefined as never } }],
  ['other headers', { headers: { 'X-Authorization': 'theirs', 'x-particle-x': '1' } }],
  ['other params', { params: { token: 'theirs', access_token: undefined } }],
  ['another query', { url: '/v1?my_access_token=theirs' }],
  ['a value that reads like it', { method: 'POST', data: { note: 'access_token=theirs' } }],
  ['text that mentions it', { method: 'POST', data: 'the access_token, and so on' }],
  ['JSON that has it deeper', { method: 'POST', data: { deeper: { access_token: 'theirs' } } }],
  ['JSON that is a word', { method: 'POST', data: '"access_token"' }],
  ['bytes that mention it', { method: 'POST', data: Buffer.from('the access_token, and so on') }],
  ['another form', { method: 'POST', data: new FormData() }],
]

describe.each(versions)('a request with its own credentials, $name', ({ axios, attachSession }) => {
  it.each(own)('is sent as it is: %s', async (_title, config) => {
    const server = await recorder()
    const { session } = await numberedTokens(server.url)
    const instance = axios.create({ baseURL: server.url })
    attachSession(instance, session)
    const plain = axios.create({ baseURL: server.url })
    await instance.request({ url: '/v1', ...config })
    await plain.request({ url: '/v1', ...config })
    const [seen, expected] = server.requests
    expect(seen?.authorization).toBe(expected?.authorization)
    expect(seen?.url).toBe(expected?.url)
  })

  it.each(none)('is not one with something similar: %s', async (_title, config) => {
    const server = await recorder()
    const { session } = await numberedTokens(server.url)
    const instance = axios.create({ baseURL: server.url })
    attachSession(instance, session)
    await instance.request({ url: '/v1', ...config })
    expect(server.requests[0]?.authorization).toMatch(/^Bearer plantedtoken1/)
  })

  it('may have them in baseURL', async () => {
    const server = await recorder()
    const { session } = await numberedTokens(server.url)
    const instance = axios.create({ baseURL: `${server.url}/v1?access_token=theirs&path=` })
    attachSession(instance, session)
    await instance.get('devices')
    expect(server.requests[0]?.authorization).toBeUndefined()
  })

  it('is not one whose header is undefined, in any case, and its config stays without the token', async () => {
    const server = await recorder(({ url }, response) => response.writeHead(Number(url.slice(1))).end('{}'))
    const { session } = await numberedTokens(server.url)
    const instance = axios.create({ baseURL: server.url })
    attachSession(instance, session)
    for (const name of ['authorization', 'AUTHORIZATION', 'Authorization']) {
      const config = { headers: { [name]: undefined as never } }
      const { config: answered } = await instance.get('/200', config)
      const failed = await instance.get('/500', config).catch((error: AxiosError) => error)
      expect(server.requests.at(-2)?.authorization).toContain(tokenNumber(1))
      expect(server.requests.at(-1)?.authorization).toContain(tokenNumber(1))
      for (const { headers } of [answered, failed.config as InternalAxiosRequestConfig]) {
        expect(JSON.stringify(Object.entries(headers))).not.toContain(tokenNumber(1))
      }
    }
  })
})
