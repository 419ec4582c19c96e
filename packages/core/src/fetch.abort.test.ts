import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { createSession } from '@particle-grants/core'
import { expect, it, onTestFinished } from 'vitest'

/** Collects garbage until what is unreachable is gone. */
async function collectGarbage(): Promise<void> {
  setFlagsFromString('--expose-gc')
  const gc = runInNewContext('gc') as () => void
  for (let round = 0; round < 10; round += 1) {
    gc()
    await new Promise((resolve) => setImmediate(resolve))
  }
}

it("ends a response that is being read when the caller's signal aborts, however long it is open", async () => {
  const responses: ServerResponse[] = []
  const server = createServer((_, response) => {
    responses.push(response)
    response.writeHead(200, { 'content-type': 'text/event-stream' }).write(':ok\n\n')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const session = createSession({ accessToken: '0123456789abcdef0123456789abcdef01234567', baseUrl })

  const controller = new AbortController()
  const { body } = await session.fetch('/v1/devices/events', { signal: controller.signal })
  const reader = (body as ReadableStream<Uint8Array>).getReader()
  await reader.read()
  await collectGarbage()
  controller.abort(new Error('enough'))
  await expect(reader.read()).rejects.toThrow('enough')
})
