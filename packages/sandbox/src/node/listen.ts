import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Sandbox } from '../contract.ts'
import { ConnectionDropped } from '../control/trouble.ts'
import { version } from './version.ts'

const address = '127.0.0.1'
const largestBody = 1_000_000
/**
 * Longer than Node's 5 s: a client that was busy for that long would take up a connection that is just being ended. ms
 */
const idleConnection = 65_000
/** That the system may queue, where it allows so many: a client that tests a storm opens them all at once. */
const waitingConnections = 4096

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
  /** Ends all connections at once, also busy ones, and frees the port. */
  close(): Promise<void>
}

/** Serves a sandbox on 127.0.0.1, and nowhere else. Rejects with what to do when the port is taken. */
export async function listen(sandbox: Sandbox, { port = 0 }: ListenOptions = {}): Promise<SandboxServer> {
  const server = createServer((incoming, outgoing) => {
    serve(sandbox, incoming, outgoing).catch((error: unknown) => fail(outgoing, error))
  })
  server.keepAliveTimeout = idleConnection
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(explained(error, port)))
    server.listen({ port, host: address, backlog: waitingConnections }, resolve)
  })
  const taken = (server.address() as AddressInfo).port
  return { url: `http://${address}:${taken}`, port: taken, close: () => close(server) }
}

/** One exchange. Rejects where the connection is to end without an answer. */
async function serve(sandbox: Sandbox, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const gone = new AbortController()
  outgoing.once('close', () => gone.abort())
  const body = await readBody(incoming)
  if (body === undefined) {
    outgoing.writeHead(413, { connection: 'close' }).end('The body is too large for the sandbox\n')
    return
  }
  const request = toRequest(incoming, gone.signal)
  const { remoteAddress = address } = incoming.socket
  const { method = 'GET' } = incoming
  const response = await sandbox.answer(request, { address: remoteAddress, body, version, method })
  await send(response, outgoing)
}

/** The request without its body, which a `Request` could not carry with GET; Node has merged repeated headers. */
function toRequest({ method = 'GET', url = '/', headers }: IncomingMessage, signal: AbortSignal): Request {
  // The path is appended, not resolved: `//elsewhere/…` must not become a host.
  const target = new URL(`http://${address}${url.startsWith('/') ? url : '/'}`)
  const pairs = Object.entries(headers).map(([name, value]): [string, string] => [name, String(value)])
  // No `Request` can hold TRACE; routed as a method that nobody knows, it is refused in the service's words.
  return new Request(target, { method: method === 'TRACE' ? 'UNKNOWN' : method, headers: pairs, signal })
}

/** The whole body, or `undefined` for one that is too large, which is read to its end all the same. */
async function readBody(incoming: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of incoming) {
    size += chunk.length
    if (size <= largestBody) chunks.push(chunk)
  }
  // Drops a byte order mark, as `request.text()` does, and as Express.
  return size <= largestBody ? new TextDecoder().decode(Buffer.concat(chunks)) : undefined
}

/** Sends an answer; one that breaks off in the middle is sent as far as it goes, then the connection ends. */
async function send(response: Response, outgoing: ServerResponse): Promise<void> {
  outgoing.statusCode = response.status
  for (const [name, value] of response.headers) outgoing.setHeader(name, value)
  if (response.headers.get('content-type') === 'text/event-stream') return sendAsItComes(response, outgoing)
  const chunks: Uint8Array[] = []
  try {
    for await (const chunk of response.body ?? []) chunks.push(chunk)
    outgoing.end(Buffer.concat(chunks))
  } catch {
    outgoing.write(Buffer.concat(chunks), () => outgoing.destroy())
  }
}

async function sendAsItComes({ body }: Response, outgoing: ServerResponse): Promise<void> {
  try {
    for await (const chunk of body ?? []) outgoing.write(chunk)
    outgoing.end()
  } catch {
    outgoing.destroy()
  }
}

/** Ends the connection where that was asked for; anything else is the sandbox's own failure, and says so. */
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

function explained(error: NodeJS.ErrnoException, port: number): Error {
  const message =
    error.code === 'EADDRINUSE'
      ? `Port ${port} is taken, perhaps by a sandbox that runs already. Choose another, or port 0 for any free one.`
      : `The sandbox can't listen on ${address}:${port}: ${error.message}`
  return Object.assign(new Error(message, { cause: error }), { code: error.code })
}
