// Tries what it is told to, one try for each line of JSON on stdin, and answers each with `done` or the code of its
// error. Several of them share a file store, and with it the failure budget.
import { createInterface } from 'node:readline'
import { createSession, customer, developerClient, GrantsError, productClient } from '@particle-grants/core'
import { fileStore } from '@particle-grants/store-file'

/** One try. */
export interface Try {
  readonly baseUrl: string
  readonly directory: string
  /** The time by this process's clock, ms since 1970. */
  readonly now: number
  readonly sends:
    | { readonly type: 'password'; readonly username: string; readonly password: string }
    | {
        readonly type: 'code'
        readonly username: string
        readonly password: string
        readonly otp: string
      }
    | { readonly type: 'secret'; readonly id: string; readonly secret: string }
    | {
        readonly type: 'renewal'
        readonly id: string
        readonly secret: string
        readonly username: string
        readonly password: string
      }
}

for await (const line of createInterface({ input: process.stdin })) {
  const one = JSON.parse(line) as Try
  const store = fileStore({ directory: one.directory })
  process.stdout.write(`${await outcomeOf(one, store)}\n`)
  await store.close()
}

async function outcomeOf(one: Try, store: ReturnType<typeof fileStore>): Promise<string> {
  try {
    await attempt(one, store)
    return 'done'
  } catch (thrown) {
    if (!GrantsError.isInstance(thrown)) throw thrown
    return thrown.code
  }
}

async function attempt({ baseUrl, now, sends }: Try, store: ReturnType<typeof fileStore>): Promise<void> {
  // A wait for a free place comes to nothing, since this clock stands still: it is told so at once.
  const clock = { now: () => now, sleep: async () => {} }
  const common = { baseUrl, store, clock }
  switch (sends.type) {
    case 'password':
      await createSession({ ...common, client: developerClient() }).login(sends)
      return
    case 'code': {
      const session = createSession({ ...common, client: developerClient() })
      const { status } = await session.login(sends)
      if (status === 'mfa_required') await session.submitOtp(sends.otp)
      return
    }
    case 'secret':
      await createSession({ ...common, client: productClient(sends) }).authorize()
      return
    case 'renewal': {
      const subject = customer(sends.username)
      const session = createSession({ ...common, client: productClient(sends), subject })
      if ((await session.restore()).status === 'signed_in') await session.renew()
      else await session.login(sends)
    }
  }
}
