import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import nodeModule from 'node:module'
import type { AddressInfo } from 'node:net'
import { ConnectionDropped } from '../handle-request.ts'
import type { HttpRequest } from '../http/request.ts'
import type { HttpResponse } from '../http/response.ts'
import { checkMembers, integer } from '../rules.ts'
import type { Sandbox } from '../sandbox.ts'

/** The version of this package. The path differs between the source and the bundle, so it is resolved by name. */
export const version: string = nodeModule.createRequire(import.meta.url)(
  '@particle-grants/sandbox/package.json',
).version

const host = '127.0.0.1'
const maxBodyBytes = 1_000_000
const bodyTooLarge = { status: 413, headers: { connection: 'close' }, body: 'Too large for the sandbox\n' }
/** Longer than Node's 5 s: a client that was busy for that long would use a connection that is closing. */
const keepAliveTimeoutMs = 65_000
/** How many connections may wait. A client that tests a storm opens them all at once. */
const backlog = 4096

/** Where to listen. */
export interface ListenOptions {
  /** @default 0, any free port */
  port?: number
}

/** A sandbox that listens. */
export interface SandboxServer {
  /** Such as `http://127.0.0.1:8765`. */
  readonly url: string
  readonly port: number
  /** Ends all connections, busy ones too, and frees the port. */
  close(): Promise<void>
}

/** Serves a sandbox on 127.0.0.1 only. Rejects if the port is taken, or an option is wrong; the message says what to do. */
export async function listen(sandbox: Pick<Sandbox, 'handle'>, options: ListenOptions = {}): Promise<SandboxServer> {
  checkMembers('The server', options, { port: integer(0, 65_535) })
  const { port: wantedPort = 0 } = options
  const server = createServer((incoming, outgoing) => {
    readBody(incoming, (body) => {
      const response =
        body === undefined ? Promise.resolve(bodyTooLarge) : sandbox.handle(toHttpRequest(incoming, outgoing, body))
      response.then((ready) => send(ready, outgoing)).catch((error: unknown) => fail(outgoing, error))
    })
  })
  server.keepAliveTimeout = keepAliveTimeoutMs
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(explainListenError(error, wantedPort)))
    server.listen({ port: wantedPort, host, backlog }, resolve)
  })
  const { port } = server.address() as AddressInfo
  return { url: `http://${host}:${port}`, port, close: () => close(server) }
}

function toHttpRequest(incoming: IncomingMessage, outgoing: ServerResponse, body: string): HttpRequest {
  const { method = 'GET', url = '/', headers, socket } = incoming
  return {
    method,
    url: url.startsWith('/') ? url : '/',
    // Node joins repeated headers into one string, except Set-Cookie.
    headers: headers as Record<string, string | undefined>,
    body,
    address: socket.remoteAddress ?? host,
    getSignal() {
      const controller = new AbortController()
      if (outgoing.destroyed) controller.abort()
      else outgoing.once('close', () => controller.abort())
      return controller.signal
    },
  }
}

const decoder = new TextDecoder()

/**
 * Reads the whole body, and passes `undefined` for one that is too large. It takes a callback, because a promise costs a
 * request a few percent of its time. A body that the client does not finish is ignored.
 */
function readBody(incoming: IncomingMessage, onEnd: (body: string | undefined) => void): void {
  const chunks: Buffer[] = []
  let size = 0
  incoming.on('data', (chunk: Buffer) => {
    size += chunk.length
    if (size <= maxBodyBytes) chunks.push(chunk)
  })
  // The decoder drops a byte order mark, as Express does.
  incoming.on('end', () => onEnd(size <= maxBodyBytes ? decoder.decode(Buffer.concat(chunks)) : undefined))
}

function send({ status, headers, body }: HttpResponse, outgoing: ServerResponse): Promise<void> | undefined {
  if (typeof body === 'string') headers['content-length'] ??= String(Buffer.byteLength(body))
  outgoing.writeHead(status, headers)
  if (typeof body !== 'string') return sendStream(body, outgoing)
  outgoing.end(body)
  return undefined
}

async function sendStream(body: ReadableStream<Uint8Array>, outgoing: ServerResponse): Promise<void> {
  for await (const chunk of body) await write(outgoing, chunk)
  outgoing.end()
}

/** Resolves when the chunk was sent: a connection that ends with an error ends after it. */
function write(outgoing: ServerResponse, chunk: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    outgoing.write(chunk, (error) => (error ? reject(error) : resolve()))
  })
}

/** Ends the connection if a fault requires it. Any other error is a defect of the sandbox, and the response says so. */
function fail(outgoing: ServerResponse, error: unknown): void {
  if (error instanceof ConnectionDropped || outgoing.headersSent) outgoing.destroy()
  else outgoing.writeHead(500).end(`The sandbox itself failed: ${error}\n`)
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}

function explainListenError(error: NodeJS.ErrnoException, port: number): Error {
  const message =
    error.code === 'EADDRINUSE'
      ? `Port ${port} is taken, perhaps by another sandbox. Use another one.`
      : `The sandbox cannot listen on ${host}:${port}: ${error.message}`
  return Object.assign(new Error(message, { cause: error }), { code: error.code })
}
