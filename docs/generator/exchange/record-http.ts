import { request } from 'node:http'
import { type AddressInfo, connect, createServer } from 'node:net'
import { tokenRequest } from '@particle-grants/reference'
import type { Sandbox } from '@particle-grants/sandbox'
import { listen } from '@particle-grants/sandbox/node'

/** What was sent over a connection in both directions. */
export interface RecordedHttp {
  readonly request: string
  readonly response: string
}

/** A token request before it is sent. */
interface TokenRequestParts {
  readonly authorization: string
  readonly body: string
}

/**
 * Sends a token request to a listening sandbox over a new connection, and returns what was sent in both directions. Two
 * things are changed: line endings, and `Host`, which is Particle's address.
 */
export async function recordHttp(sandbox: Sandbox, parts: TokenRequestParts): Promise<RecordedHttp> {
  const server = await listen(sandbox)
  const recorder = await recordTo(server.port)
  try {
    await send(recorder.port, parts)
    const host = `127.0.0.1:${recorder.port}`
    return {
      request: toText(recorder.sent).replace(host, new URL(tokenRequest.url).host),
      response: toText(recorder.received),
    }
  } finally {
    recorder.close()
    await server.close()
  }
}

const toText = (chunks: readonly Buffer[]) => Buffer.concat(chunks).toString().replaceAll('\r\n', '\n')

/** Listens in front of a port, passes every byte on, and keeps it. */
async function recordTo(target: number) {
  const sent: Buffer[] = []
  const received: Buffer[] = []
  const front = createServer((client) => {
    const server = connect(target, '127.0.0.1')
    client.on('data', (chunk) => sent.push(chunk)).pipe(server)
    server.on('data', (chunk) => received.push(chunk)).pipe(client)
    client.on('error', () => server.destroy())
    server.on('error', () => client.destroy())
  })
  await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve))
  return { port: (front.address() as AddressInfo).port, sent, received, close: () => front.close() }
}

/** Sends the request with Node's client, and waits for the end of the response. */
function send(port: number, { authorization, body }: TokenRequestParts): Promise<void> {
  // All headers, so that no version of Node adds one or changes their order.
  const headers = {
    Host: `127.0.0.1:${port}`,
    Authorization: authorization,
    'Content-Type': tokenRequest.contentType,
    'Content-Length': Buffer.byteLength(body),
    Connection: 'close',
  }
  const { method, path } = tokenRequest
  return new Promise((resolve, reject) => {
    const outgoing = request({ host: '127.0.0.1', port, method, path, headers }, (response) => {
      response.on('error', reject)
      response.on('end', () => resolve())
      response.resume()
    })
    outgoing.on('error', reject)
    outgoing.end(body)
  })
}
