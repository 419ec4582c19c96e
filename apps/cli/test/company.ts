import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { type AddressInfo, connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** A host name that only the company's proxy resolves, to this machine. */
export const insideName = 'api.particle.test'

/** A company's proxy on loopback: it tunnels by CONNECT, and notes what it is asked for. */
export async function companyProxy() {
  const asked: string[] = []
  const server = createServer((incoming, outgoing) => {
    asked.push(`${incoming.method} ${incoming.url}`)
    pass(incoming, outgoing, incoming.url ?? '')
  })
  server.on('connect', (incoming, socket, head) => {
    asked.push(`CONNECT ${incoming.url}`)
    const [host = '', port] = (incoming.url ?? '').split(':')
    const onward = connect(Number(port), host === insideName ? '127.0.0.1' : host, () => {
      socket.write('HTTP/1.1 200 Connection Established\r\n\r\n')
      onward.write(head)
      socket.pipe(onward).pipe(socket)
    })
    onward.once('error', () => socket.destroy())
    socket.once('error', () => onward.destroy())
  })
  return { url: `http://127.0.0.1:${await listening(server)}`, asked }
}

/** A certificate of {@link insideName}, in PEM. */
export interface Certificate {
  readonly file: string
  readonly key: string
  readonly cert: string
}

/** Makes a certificate by openssl; nothing where this machine has none. The caller removes nothing. */
export function makeCertificate(): Certificate | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'particle-grants-tls-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  const [key, cert] = ['key.pem', 'cert.pem'].map((name) => join(folder, name)) as [string, string]
  const wanted = ['-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', `/CN=${insideName}`]
  const name = ['-addext', `subjectAltName=DNS:${insideName}`]
  try {
    execFileSync('openssl', ['req', ...wanted, ...name, '-keyout', key, '-out', cert], { stdio: 'ignore' })
  } catch {
    return undefined
  }
  return { file: cert, key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') }
}

/** Puts TLS in front of a server of this machine. Returns the port. */
export function throughTls(to: string, { key, cert }: Certificate): Promise<number> {
  const server = createTlsServer({ key, cert }, (incoming, outgoing) =>
    pass(incoming, outgoing, `${to}${incoming.url}`),
  )
  return listening(server)
}

function pass(incoming: IncomingMessage, outgoing: ServerResponse, to: string): void {
  const { method, headers } = incoming
  const onward = request(to, { method, headers: { ...headers, host: new URL(to).host } }, (answer) => {
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
    answer.pipe(outgoing)
  })
  onward.once('error', () => outgoing.destroy())
  incoming.pipe(onward)
}

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return (server.address() as AddressInfo).port
}
