import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSession, customer, productClient } from '@particle-grants/core'
import { createSandbox, type SandboxOptions } from '@particle-grants/sandbox'
import { listen } from '@particle-grants/sandbox/node'
import { onTestFinished } from 'vitest'
import { openStore, type StoreLocation } from '../programs/open-store.ts'
import { signInByPassword } from '../programs/sign-in.ts'

export const client = { id: 'my-product-1234', secret: 'product-secret' }
export const jane = 'jane@example.com'

/** A little more than the lifetime of a token, in milliseconds. */
export const ninetyDaysMs = 90 * 86_400_000 + 1000

/** Creates a folder that is removed after the test. */
export function createTemporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'particle-grants-system-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 10 }))
  return folder
}

export interface SignInOptions {
  readonly client?: { readonly id: string; readonly secret: string }
  readonly sandbox?: SandboxOptions
}

/** Starts a sandbox over HTTP and signs a customer in with a password. Each of her refresh tokens is valid once. */
export async function signInCustomer(
  location: StoreLocation,
  { client: credentials = client, sandbox: options = {} }: SignInOptions = {},
) {
  const sandbox = createSandbox(options)
  const server = await listen(sandbox, { port: 0 })
  onTestFinished(() => server.close())
  const opened = await openStore(location)
  onTestFinished(() => opened.close())
  const password = String(sandbox.accounts.find(({ username }) => username === jane)?.password)
  const [client, baseUrl] = [productClient(credentials), server.url]
  const session = createSession({ client, subject: customer(jane), baseUrl, store: opened.store })
  await signInByPassword(session, { client, baseUrl, username: jane, password })
  /** The grant types of the token requests so far. */
  const listGrants = () =>
    sandbox.requests().flatMap(({ grant_type }) => (grant_type === undefined ? [] : [grant_type]))
  return { sandbox, baseUrl: server.url, listGrants, password }
}
