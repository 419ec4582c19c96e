import type {
  DeveloperClient,
  DeveloperSession,
  ProductClient,
  ProductSession,
  Session,
  SessionOptions,
} from '@particle-grants/core'
import { createSession } from '@particle-grants/core'
import type { Sandbox } from '@particle-grants/sandbox'
import { createSandbox } from '@particle-grants/sandbox'
import { listen } from '@particle-grants/sandbox/node'
import type { Narrator } from '../terminal/narrator.ts'
import { type CurlCommand, curlWords, sendAsCurl } from '../wire/curl.ts'
import type { Exchange } from '../wire/exchange.ts'
import { exchangeSeen } from '../wire/exchange-seen.ts'
import { type RecordingFetch, recordingFetch } from '../wire/recording-fetch.ts'
import { shortenExchange } from '../wire/shorten.ts'
import type { Expect } from './checks.ts'
import { BrokenClaim } from './checks.ts'
import { describeState } from './describe-state.ts'

/** What a step works with. */
export interface Scene {
  readonly sandbox: Sandbox
  readonly url: string
  readonly narrator: Narrator
  readonly expect: Expect
  /** Sends, and shows what went over the wire. */
  readonly fetch: RecordingFetch
  /** Runs what sends by itself, as another program does, and shows what then comes to the sandbox. */
  watch<T>(run: () => Promise<T>): Promise<T>
  /** Every exchange that was shown so far, the latest last. */
  readonly exchanges: readonly Exchange[]
  readonly claims: number
  /** How many requests there were so far, shown or not. */
  readonly requests: number
  /** Shows a curl command to paste, and sends what it would send. */
  curl(command: CurlCommand): Promise<Exchange>
  /** Creates a session on this sandbox and shows its states as they change. */
  developerSession(options: SessionOptions<DeveloperClient>): DeveloperSession
  productSession(options: SessionOptions<ProductClient>): ProductSession
  /** What one step leaves to the next. */
  readonly left: { developer?: DeveloperSession; customer?: ProductSession; refreshToken?: string }
  close(): Promise<void>
}

/** Starts a sandbox on a free port of loopback, with the narrator looking at the wire. */
export async function openScene(narrator: Narrator): Promise<Scene> {
  const sandbox = createSandbox()
  const exchanges: Exchange[] = []
  let claims = 0
  let requests = 0
  let watching = false

  const record = (exchange: Exchange) => {
    exchanges.push(exchange)
    narrator.exchange(shortenExchange(exchange))
  }
  const fetch = recordingFetch(record)
  const answer: Sandbox['answer'] = async (request, connection) => {
    requests += 1
    const response = await sandbox.answer(request, connection)
    if (watching) record(await exchangeSeen(request, connection, response.clone()))
    return response
  }
  const server = await listen({ ...sandbox, answer })
  // Core passes a URL as text and plain headers.
  const sessionFetch = fetch as typeof globalThis.fetch
  const connection = { baseUrl: server.url, clock: sandbox.clock, fetch: sessionFetch }
  const showStates = <S extends Session>(session: S): S => {
    session.subscribe((state) => narrator.state(describeState(state)))
    return session
  }

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
    get requests() {
      return requests
    },
    async watch(run) {
      watching = true
      return run().finally(() => {
        watching = false
      })
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
    developerSession: (options) => showStates(createSession({ ...options, ...connection })),
    productSession: (options) => showStates(createSession({ ...options, ...connection })),
    close: () => server.close(),
  }
}
