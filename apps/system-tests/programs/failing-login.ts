// Signs in or requests a token, mostly without success: once for each line of JSON on stdin. Prints `done` or the code of the error.
// Several of these processes share a file store, and with it the back-off of the lockout guard.
import { createInterface } from 'node:readline'
import { createSession, customer, developerClient, GrantsError, productClient, type Store } from '@particle-grants/core'
import { fileStore } from '@particle-grants/store-file'

export interface Attempt {
  readonly baseUrl: string
  readonly directory: string
  /** The time of this process's clock, in milliseconds since 1970. */
  readonly now: number
  readonly request:
    | { readonly type: 'login'; readonly username: string; readonly password: string }
    | {
        readonly type: 'code'
        readonly username: string
        readonly password: string
        readonly otp: string
      }
    /** Automatic: the token is requested on first use. */
    | {
        readonly type: 'token'
        readonly id: string
        readonly secret: string
        readonly customer?: string
      }
}

let now = 0
// One clock: its process is one process for the guard. It stands still, so a full rate limit is reported at once.
const clock = { now: () => now, sleep: async () => {} }

for await (const line of createInterface({ input: process.stdin })) {
  const attempt = JSON.parse(line) as Attempt
  now = attempt.now
  process.stdout.write(`${await run(attempt, fileStore({ directory: attempt.directory }))}\n`)
}

async function run(attempt: Attempt, store: Store): Promise<string> {
  try {
    await send(attempt, store)
    return 'done'
  } catch (thrown) {
    if (!GrantsError.isInstance(thrown)) throw thrown
    // Nothing is permanent: what holds a call back says when that ends.
    const isHeldBack = thrown.code === 'backing_off' || thrown.code === 'locked_out'
    const isBounded = Number(thrown.retryAt) > now && Number(thrown.retryAt) <= now + 86_400_000
    return isHeldBack && !isBounded ? 'no bounded retryAt' : thrown.code
  }
}

async function send({ baseUrl, request }: Attempt, store: Store): Promise<void> {
  const common = { baseUrl, store, clock }
  switch (request.type) {
    case 'login': {
      const { username, password } = request
      await createSession({ ...common, client: developerClient() }).login({ username, password })
      return
    }
    case 'code': {
      const session = createSession({ ...common, client: developerClient() })
      const { username, password } = request
      const { status } = await session.login({ username, password })
      if (status === 'mfa_required') await session.submitOtp(request.otp)
      return
    }
    case 'token': {
      const subject = request.customer === undefined ? {} : { subject: customer(request.customer) }
      await createSession({ ...common, client: productClient(request), ...subject }).getAccessToken()
    }
  }
}
