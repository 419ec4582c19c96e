import { Readable } from 'node:stream'
import FormDataOfNode from 'form-data'
import { describe, expect, it } from 'vitest'
import { recorder, refuse } from '../test/recorder.ts'
import { openScene } from '../test/scene.ts'
import { numberedTokens, tokenNumber } from '../test/tokens.ts'
import { versions } from '../test/versions.ts'

const text = 'Grüße, 世界 & = + %\n'.repeat(100)
const bytes = Buffer.from(Array.from({ length: 1000 }, (_, index) => index % 256))

/** Refuses the first token, and any other never. */
const refusing = () =>
  recorder(({ authorization }, response) =>
    authorization === `Bearer ${tokenNumber(1)}` ? refuse(response) : response.end('{}'),
  )

describe.each(versions)('the body of a replayed request, $name', ({ axios, attachSession }) => {
  it.each([
    ['JSON', () => ({ name: 'Grüße', list: [1, 2], nested: { a: null } })],
    ['an empty object', () => ({})],
    ['an array', () => [1, 'two']],
    ['URLSearchParams', () => new URLSearchParams({ a: '1 + 1', b: 'Grüße' })],
    ['a string', () => text],
    ['an empty string', () => ''],
    ['a Buffer', () => bytes],
    ['an ArrayBuffer', () => new Uint8Array(bytes).buffer],
    ['a Blob', () => new Blob([bytes], { type: 'image/png' })],
    ['nothing', () => undefined],
  ])('is the same byte for byte: %s', async (_title, body) => {
    for (const adapter of ['http', 'fetch']) {
      const server = await refusing()
      const { session } = await numberedTokens(server.url)
      const instance = axios.create({ baseURL: server.url, adapter })
      attachSession(instance, session)
      await instance.post('/', body(), { onUploadProgress: () => {} })
      const plain = axios.create({ baseURL: server.url, adapter })
      await plain.post('/', body(), { headers: { Authorization: 'Bearer theirs' } })
      const [first, second, expected] = server.requests
      expect(second?.body).toEqual(expected?.body)
      expect(first?.body).toEqual(expected?.body)
      expect(second?.contentType).toBe(expected?.contentType)
    }
  })

  it.each(['http', 'fetch'])('has the same fields if it is native FormData, with the %s adapter', async (adapter) => {
    const server = await refusing()
    const { session } = await numberedTokens(server.url)
    const instance = axios.create({ baseURL: server.url, adapter })
    attachSession(instance, session)
    const form = new FormData()
    form.append('name', 'Grüße')
    form.append('file', new Blob([bytes], { type: 'image/png' }), 'a.png')
    await instance.post('/', form)
    expect(server.requests).toHaveLength(2)
    for (const { body } of server.requests) {
      // From the body itself: in Node the fetch adapter of Axios sends a wrong type.
      const boundary = body.subarray(2, body.indexOf('\r')).toString()
      const headers = { 'content-type': `multipart/form-data; boundary=${boundary}` }
      const parsed = await new Response(new Uint8Array(body), { headers }).formData()
      expect(parsed.get('name')).toBe('Grüße')
      const file = parsed.get('file') as File
      expect([file.name, file.type]).toEqual(['a.png', 'image/png'])
      expect(Buffer.from(await file.arrayBuffer())).toEqual(bytes)
    }
  })

  it('is the same if it is form-data without a stream', async () => {
    const server = await refusing()
    const { session } = await numberedTokens(server.url)
    const instance = axios.create({ baseURL: server.url })
    attachSession(instance, session)
    const form = new FormDataOfNode()
    form.append('name', 'Grüße')
    form.append('file', bytes, 'a.bin')
    const expected = form.getBuffer()
    await instance.post('/', form)
    const [first, second] = server.requests
    expect(first?.body).toEqual(Buffer.from(expected))
    expect(second?.body).toEqual(Buffer.from(expected))
    expect(second?.contentType).toBe(first?.contentType)
  })

  it.each([
    ['a stream', () => Readable.from([text]), 'http'],
    ['form-data that holds a stream', () => formWithStream(), 'http'],
    ['a web stream', () => new Blob([text]).stream(), 'fetch'],
  ])('is never left out: %s rejects, and the token is renewed', async (_title, body, adapter) => {
    const server = await refusing()
    const { session } = await numberedTokens(server.url)
    const instance = axios.create({ baseURL: server.url, adapter })
    attachSession(instance, session)
    const send = () => instance.put('/upload?a=b', body(), { headers: { 'content-type': 'text/plain' } })
    await expect(send()).rejects.toMatchObject({
      code: 'request_not_replayable',
      details: { method: 'PUT', url: `${server.url}/upload` },
    })
    await send()
    const authorized = server.requests.map(({ authorization }) => authorization)
    expect(authorized).toEqual([`Bearer ${tokenNumber(1)}`, `Bearer ${tokenNumber(2)}`])
    expect(server.requests[1]?.body.toString()).toContain(text)
  })

  it.each([
    ['a stream', () => Readable.from([text])],
    ['form-data that contains a stream', () => formWithStream()],
  ])('is sent with a token that lasts if it cannot be replayed: %s', async (_title, body) => {
    const { baseUrl, session, clock, tokenRequests } = await openScene()
    const server = await recorder()
    const instance = axios.create({ baseURL: server.url })
    attachSession(instance, session, { allowedOrigins: [server.url] })
    const old = session.peekAccessToken()
    clock.advance('89d 23h 59m')
    await instance.post('/', body())
    expect(tokenRequests()).toBe(1)
    expect(server.requests[0]?.authorization).toBe(`Bearer ${session.peekAccessToken()}`)
    expect(session.peekAccessToken()).not.toBe(old)
    expect(baseUrl).not.toBe(server.url)
  })

  it('is sent at once with a token that expires soon if it can be replayed', async () => {
    const { session, clock } = await openScene()
    const server = await recorder()
    const instance = axios.create({ baseURL: server.url })
    attachSession(instance, session, { allowedOrigins: [server.url] })
    const old = session.peekAccessToken()
    clock.advance('89d 23h 59m')
    await instance.post('/', 'small')
    expect(server.requests[0]?.authorization).toBe(`Bearer ${old}`)
    await session.idle()
  })

  it('reports its progress in both attempts', async () => {
    const server = await refusing()
    const { session } = await numberedTokens(server.url)
    const instance = axios.create({ baseURL: server.url })
    attachSession(instance, session)
    const loaded = { up: 0, down: 0 }
    await instance.post('/', text, {
      onUploadProgress: (event) => {
        loaded.up = Math.max(loaded.up, event.loaded)
      },
      onDownloadProgress: (event) => {
        loaded.down = event.loaded
      },
    })
    expect(server.requests).toHaveLength(2)
    expect(loaded).toEqual({ up: Buffer.byteLength(text), down: 2 })
  })
})

function formWithStream(): FormDataOfNode {
  const form = new FormDataOfNode()
  form.append('file', Readable.from([text]), { filename: 'a.txt' })
  return form
}
