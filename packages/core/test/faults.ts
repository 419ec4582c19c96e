import { createServer as createHttpsServer } from 'node:https'
import { type AddressInfo, createServer } from 'node:net'
import type { FaultOptions } from '@particle-grants/sandbox'
import { onTestFinished } from 'vitest'
import { encodeResponse, startRawServer } from './raw-server.ts'

/** What goes wrong: a response of the sandbox, or a function that starts a broken server and returns its URL. */
export type Fault = FaultOptions | (() => Promise<string>)

const incomplete = encodeResponse(200, '{"token_type":"bearer","access_token":"fff', {
  'content-length': '400',
})

/** Servers that fail below HTTP. Each function returns the base URL of one. */
export const brokenServers = {
  /** Nothing listens on the port. */
  async refused(): Promise<string> {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    await new Promise((resolve) => server.close(resolve))
    return `http://127.0.0.1:${port}`
  },
  resetBeforeResponse: async () => (await startRawServer((socket) => socket.resetAndDestroy())).url,
  resetInBody: async () =>
    (await startRawServer((socket) => socket.write(incomplete, () => socket.resetAndDestroy()))).url,
  silent: async () => (await startRawServer(() => {})).url,
  /** A part of a name has at most 63 letters, so no server is asked for this one. */
  unknownName: async () => `https://${'x'.repeat(64)}.invalid`,
  /** The server has no certificate. */
  async untrusted(): Promise<string> {
    const server = createHttpsServer({}, () => {})
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void server.close())
    return `https://127.0.0.1:${(server.address() as AddressInfo).port}`
  },
} as const
