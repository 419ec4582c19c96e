import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

/** What a recorded request brought along. */
export interface Recorded {
  readonly method: string
  readonly url: string
  readonly host: string | undefined
  readonly authorization: string | undefined
  readonly cookie: string | undefined
  readonly contentType: string | undefined
  readonly body: Buffer
}

/** Answers a recorded request. */
export type Answer = (recorded: Recorded, response: ServerResponse) => void

/** A server on all loopback addresses that remembers what it was sent. Closed when the test is finished. */
export async function recorder(answer: Answer = (_, response) => response.end('{}')) {
  const requests: Recorded[] = []
  const server = createServer(async (incoming, response) => {
    const recorded = await record(incoming)
    requests.push(recorded)
    answer(recorded, response)
  })
  // Node's defaults end a connection that is idle for 5 s and queue 511: a storm of 10,000 calls exceeds both.
  server.keepAliveTimeout = 65_000
  await new Promise<void>((resolve) => server.listen({ port: 0, backlog: 4096 }, resolve))
  onTestFinished(
    () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  )
  const { port } = server.address() as AddressInfo
  return { requests, port, url: `http://127.0.0.1:${port}`, of: (host: string) => `http://${host}:${port}` }
}

/** What the service answers for a token that is dead. */
export function refuse(response: ServerResponse, error = 'invalid_token'): void {
  response.writeHead(401, { 'content-type': 'application/json' })
  response.end(JSON.stringify({ error, error_description: 'The access token provided is invalid.' }))
}

async function record(incoming: IncomingMessage): Promise<Recorded> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk)
  const { authorization, cookie, host, 'content-type': contentType } = incoming.headers
  const { method = '', url = '' } = incoming
  return { method, url, host, authorization, cookie, contentType, body: Buffer.concat(chunks) }
}
