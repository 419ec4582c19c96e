// Renews a customer's token in a loop and signs in where that is necessary, until its stdin ends or it is killed. The
// first line on stdin is the input, as JSON. Prints `refreshed` when it renewed the token and saved it, `adopted` when
// another process had renewed it, `signed in`, or the code of an error.
import { createInterface } from 'node:readline'
import { setTimeout } from 'node:timers/promises'
import { createSession, customer, GrantsError, productClient } from '@particle-grants/core'
import { openStore, type StoreLocation } from './open-store.ts'
import { signInByPassword } from './sign-in.ts'

export interface RenewalLoopInput {
  readonly baseUrl: string
  readonly client: { readonly id: string; readonly secret: string }
  readonly customer: string
  readonly password: string
  readonly store: StoreLocation
}

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]()
const input = JSON.parse((await lines.next()).value) as RenewalLoopInput
const { store, close } = await openStore(input.store)
let refreshes = 0
const client = productClient(input.client)
const session = createSession({
  client,
  subject: customer(input.customer),
  baseUrl: input.baseUrl,
  store,
  // It sends in a minute what the rate limit permits in an hour. The tests of the guard are elsewhere.
  lockoutGuard: false,
  fetch: async (url, init) => {
    const response = await fetch(url, init)
    const grantType = new URLSearchParams(String(init?.body)).get('grant_type')
    if (response.ok && grantType === 'refresh_token') refreshes += 1
    return response
  },
})

/** Refusals in a row. */
let refusals = 0
let isEnding = false
void lines.next().then(() => {
  isEnding = true
})

while (!isEnding) process.stdout.write(`${await renew()}\n`)
close()
process.exit()

async function renew(): Promise<string> {
  const before = refreshes
  try {
    await session.getAccessToken({ forceRefresh: true, timeoutMs: 300_000 })
    refusals = 0
    return refreshes > before ? 'refreshed' : 'adopted'
  } catch (thrown) {
    if (!GrantsError.isInstance(thrown)) throw thrown
    refusals = thrown.code === 'oauth_error' ? refusals + 1 : 0
    // After a lost response, first the credentials of the client are refused and then the refresh token, if it was used.
    if (refusals > 1) return signIn()
    await setTimeout(20)
    return thrown.code
  }
}

async function signIn(): Promise<string> {
  refusals = 0
  try {
    const { baseUrl, customer: username, password } = input
    await signInByPassword(session, { client, baseUrl, username, password })
    return 'signed in'
  } catch (thrown) {
    await setTimeout(20)
    return GrantsError.isInstance(thrown) ? thrown.code : String(thrown)
  }
}
