import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSession, customer, productClient } from '@particle-grants/core'
import { createSandbox, type SandboxOptions } from '@particle-grants/sandbox'
import { listen } from '@particle-grants/sandbox/node'
import { onTestFinished } from 'vitest'
import { openStore, type StoreOrders } from '../programs/open-store.ts'

export const client = { id: 'my-product-1234', secret: 'product-secret' }
export const jane = 'jane@example.com'

/** A little more than the life of a token. ms */
export const ninetyDays = 90 * 86_400_000 + 1000

/** A folder that is gone after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'particle-grants-system-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 10 }))
  return folder
}

/** How a world is made. */
export interface WorldOptions {
  readonly client?: { readonly id: string; readonly secret: string }
  readonly sandbox?: SandboxOptions
}

/** A sandbox over real HTTP, and a customer who signed in by password: her refresh tokens are good once. */
export async function customerSignedIn(
  store: StoreOrders,
  { client: credentials = client, sandbox: options = {} }: WorldOptions = {},
) {
  const sandbox = createSandbox(options)
  const server = await listen(sandbox, { port: 0 })
  onTestFinished(() => server.close())
  const opened = await openStore(store)
  onTestFinished(() => opened.close())
  const password = String(sandbox.accounts.find(({ username }) => username === jane)?.password)
  const session = createSession({
    client: productClient(credentials),
    subject: customer(jane),
    baseUrl: server.url,
    store: opened.store,
  })
  await session.login({ username: jane, password })
  const sent = () =>
    sandbox.requests().flatMap(({ grant_type }) => (grant_type === undefined ? [] : [grant_type]))
  return { sandbox, baseUrl: server.url, sent, password }
}
