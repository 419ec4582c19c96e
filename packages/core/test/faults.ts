import { createServer as createHttpsServer } from 'node:https'
import { type AddressInfo, createServer } from 'node:net'
import type { FaultOptions } from '@particle-grants/sandbox'
import { httpAnswer, rawServer } from '@particle-grants/test-kit'
import { onTestFinished } from 'vitest'

/** What goes wrong: an answer of the sandbox's, or the URL of a server where something worse happens. */
export type Trouble = FaultOptions | (() => Promise<string>)

const half = httpAnswer(200, '{"token_type":"bearer","access_token":"fff', { 'content-length': '400' })

/** What goes wrong with sockets. Each gives the base URL of a server that does it. */
export const sockets = {
  /** Nobody listens. */
  async refused(): Promise<string> {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    await new Promise((resolve) => server.close(resolve))
    return `http://127.0.0.1:${port}`
  },
  resetBeforeAnswer: async () => (await rawServer((socket) => socket.resetAndDestroy())).url,
  resetInBody: async () =>
    (await rawServer((socket) => socket.write(half, () => socket.resetAndDestroy()))).url,
  silent: async () => (await rawServer(() => {})).url,
  /** No name has a part of 64 letters: it is not looked up anywhere, and found nowhere. */
  unknownName: async () => `https://${'x'.repeat(64)}.invalid`,
  /** A server that has no certificate to show. */
  async untrusted(): Promise<string> {
    const server = createHttpsServer({}, () => {})
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void server.close())
    return `https://127.0.0.1:${(server.address() as AddressInfo).port}`
  },
} as const
