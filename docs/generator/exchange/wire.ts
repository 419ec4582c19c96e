import { request } from 'node:http'
import { type AddressInfo, connect, createServer } from 'node:net'
import { tokenRequest } from '@particle-grants/core/reference'
import type { Sandbox } from '@particle-grants/sandbox'
import { listen } from '@particle-grants/sandbox/node'

/** What went over a connection, both ways, byte by byte. */
export interface OnTheWire {
  readonly request: string
  readonly answer: string
}

/** A request for tokens, before it is sent. */
interface Asked {
  readonly authorization: string
  readonly body: string
}

/**
 * Sends a token request to a sandbox that listens, over a connection of its own, and gives what went over it. Two things are
 * changed: lines end as in any text, and in `Host` stands Particle's address.
 */
export async function recordOnTheWire(sandbox: Sandbox, asked: Asked): Promise<OnTheWire> {
  const server = await listen(sandbox)
  const recorder = await recordTo(server.port)
  try {
    await send(recorder.port, asked)
    const host = `127.0.0.1:${recorder.port}`
    return {
      request: asText(recorder.sent).replace(host, new URL(tokenRequest.url).host),
      answer: asText(recorder.received),
    }
  } finally {
    recorder.close()
    await server.close()
  }
}

const asText = (chunks: readonly Buffer[]) => Buffer.concat(chunks).toString().replaceAll('\r\n', '\n')

/** Stands in front of a port, hands every byte on, and keeps it. */
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

/** Sends the request by Node's own client, and waits for the end of the answer. */
function send(port: number, { authorization, body }: Asked): Promise<void> {
  // All of them, so that no version of Node adds one or puts it elsewhere.
  const headers = {
    Host: `127.0.0.1:${port}`,
    Authorization: authorization,
    'Content-Type': tokenRequest.contentType,
    'Content-Length': Buffer.byteLength(body),
    Connection: 'close',
  }
  const { method, path } = tokenRequest
  return new Promise((resolve, reject) => {
    const asking = request({ host: '127.0.0.1', port, method, path, headers }, (answer) => {
      answer.on('error', reject)
      answer.on('end', () => resolve())
      answer.resume()
    })
    asking.on('error', reject)
    asking.end(body)
  })
}
