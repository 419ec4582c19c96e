import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { setImmediate } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { createWorld } from '../test/worlds.ts'

const megabyte = 1_048_576
const json = { 'content-type': 'application/json' }

/** A product's session, and an API that answers the first request with a 401 and the second one with a 200. */
async function start(write401: (response: ServerResponse) => void) {
  const requests: (string | undefined)[] = []
  const server = createServer(({ headers }, response) => {
    requests.push(headers.authorization)
    if (requests.length === 1) write401(response)
    else response.writeHead(200, json).end('{}')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const { createProductSession, sandbox } = createWorld()
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/devices`
  let bytesRead = 0
  const session = createProductSession({
    allowedOrigins: [new URL(url).origin],
    fetch: async (input, init) => {
      if (input !== url) return sandbox.fetch(input, init)
      const response = await fetch(input, init)
      const counter = new TransformStream<Uint8Array, Uint8Array>({
        transform(chunk, controller) {
          bytesRead += chunk.length
          controller.enqueue(chunk)
        },
      })
      return new Response(response.body?.pipeThrough(counter), response)
    },
  })
  const token = await session.getAccessToken()
  return { session, token, url, requests, countBytesRead: () => bytesRead }
}

afterEach(() => {
  vi.useRealTimers()
})

describe('session.fetch: the body of a 401', () => {
  it('that has 400 MB is not read before the caller gets it, and says nothing about the token', async () => {
    const bytes = function* () {
      yield '{"error":"invalid_token","filler":"'
      for (let count = 0; count < 400; count += 1) yield 'x'.repeat(megabyte)
      yield '"}'
    }
    const { session, token, url, requests, countBytesRead } = await start((response) => {
      Readable.from(bytes(), { highWaterMark: 1 }).pipe(response.writeHead(401, json))
    })
    const response = await session.fetch(url)
    expect(response.status).toBe(401)
    expect(countBytesRead()).toBeLessThan(megabyte)
    expect(session.peekAccessToken()).toBe(token)
    expect(requests).toHaveLength(1)
    const reader = (response.body as ReadableStream<Uint8Array>).getReader()
    expect(new TextDecoder().decode((await reader.read()).value)).toMatch(/^\{"error":"invalid_token"/)
    await reader.cancel()
  })

  it('that unpacks to 400 MB is not unpacked', async () => {
    const body = Buffer.concat(Array<Buffer>(400).fill(gzipSync(Buffer.alloc(megabyte, ' '))))
    const { session, token, url, countBytesRead } = await start((response) => {
      response.writeHead(401, { ...json, 'content-encoding': 'gzip' }).end(body)
    })
    const response = await session.fetch(url)
    expect(response.status).toBe(401)
    expect(countBytesRead()).toBeLessThan(megabyte)
    expect(session.peekAccessToken()).toBe(token)
    await response.body?.cancel()
  })

  it('that does not end is waited for 2 seconds, and says nothing about the token', async () => {
    let drip = (_: string): void => {}
    const { session, token, url, requests } = await start((response) => {
      response.writeHead(401, json).write('{"error":"invalid_token"}')
      drip = (text) => void response.write(text)
    })
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const call = session.fetch(url)
    while (vi.getTimerCount() === 0) await setImmediate()
    for (let seconds = 0; seconds < 2; seconds += 1) {
      drip(' ')
      vi.advanceTimersByTime(1000)
    }
    const response = await call
    expect(response.status).toBe(401)
    expect(requests).toHaveLength(1)
    expect(session.peekAccessToken()).toBe(token)
    expect(vi.getTimerCount()).toBe(0)
    const reader = (response.body as ReadableStream<Uint8Array>).getReader()
    expect(new TextDecoder().decode((await reader.read()).value)).toBe('{"error":"invalid_token"}')
    await reader.cancel()
  })

  it.each<[string, (response: ServerResponse) => void]>([
    [
      'that arrives in parts',
      async (response) => {
        response.writeHead(401, json).write('{"error":')
        await setImmediate()
        response.end('"invalid_token"}')
      },
    ],
    [
      'that is compressed',
      (response) => {
        const body = gzipSync('{"error":"invalid_token"}')
        response.writeHead(401, { ...json, 'content-encoding': 'gzip' }).end(body)
      },
    ],
  ])('%s replays the request', async (_, write401) => {
    const { session, token, url, requests } = await start(write401)
    expect((await session.fetch(url)).status).toBe(200)
    expect(requests).toEqual([`Bearer ${token}`, `Bearer ${session.peekAccessToken()}`])
    expect(session.peekAccessToken()).not.toBe(token)
  })
})
