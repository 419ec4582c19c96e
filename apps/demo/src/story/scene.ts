import type {
  Client,
  DeveloperSession,
  ProductSession,
  SessionFor,
  SessionOptions,
} from '@particle-grants/core'
import { createSession } from '@particle-grants/core'
import type { Sandbox } from '@particle-grants/sandbox'
import { createSandbox } from '@particle-grants/sandbox'
import { listen } from '@particle-grants/sandbox/node'
import type { Narrator } from '../terminal/narrator.ts'
import { type CurlCommand, curlWords, sendAsCurl } from '../wire/curl.ts'
import type { Exchange } from '../wire/exchange.ts'
import { type RecordingFetch, recordingFetch } from '../wire/recording-fetch.ts'
import { shortenExchange } from '../wire/shorten.ts'
import type { Expect } from './claims.ts'
import { BrokenClaim } from './claims.ts'
import { describeState } from './describe-state.ts'

/** What a step works with. */
export interface Scene {
  readonly sandbox: Sandbox
  readonly url: string
  readonly narrator: Narrator
  readonly expect: Expect
  /** Sends, and shows what went over the wire. */
  readonly fetch: RecordingFetch
  /** Every exchange so far, the latest last. */
  readonly exchanges: readonly Exchange[]
  readonly claims: number
  /** Shows a curl command to paste, and sends what it would send. */
  curl(command: CurlCommand): Promise<Exchange>
  /** A session of core's on this sandbox, whose states are shown as they change. */
  session<C extends Client>(options: SessionOptions<C>): SessionFor<C>
  /** What one step leaves to the next. */
  readonly left: { developer?: DeveloperSession; customer?: ProductSession; refreshToken?: string }
  close(): Promise<void>
}

/** Starts a sandbox on a free port of loopback, with the narrator looking at the wire. */
export async function openScene(narrator: Narrator): Promise<Scene> {
  const sandbox = createSandbox()
  const server = await listen(sandbox, { port: 0 })
  const exchanges: Exchange[] = []
  let claims = 0

  const record = (exchange: Exchange) => {
    exchanges.push(exchange)
    narrator.exchange(shortenExchange(exchange))
  }
  const fetch = recordingFetch(record)

  return {
    sandbox,
    url: server.url,
    narrator,
    fetch,
    exchanges,
    left: {},
    get claims() {
      return claims
    },
    expect(claim, holds) {
      if (!holds) throw new BrokenClaim(claim)
      claims += 1
      narrator.kept(claim)
    },
    curl(command) {
      narrator.command(curlWords(command))
      return sendAsCurl(server.url, command, record)
    },
    session(options) {
      const session = createSession({ ...options, baseUrl: server.url, clock: sandbox.clock, fetch })
      session.subscribe((state) => narrator.state(describeState(state)))
      return session
    },
    close: () => server.close(),
  }
}
