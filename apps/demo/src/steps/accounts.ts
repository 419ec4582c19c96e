import { productClient } from '@particle-grants/core'
import type { Sandbox } from '@particle-grants/sandbox'
import { given } from '../story/checks.ts'

/** The account with MFA that signs in below. */
export const developerName = 'mfa@example.com'
/** A customer of the product 1234. */
export const customerName = 'jane@example.com'

/** What the sandbox knows about an account. */
export function passwordOf({ accounts }: Sandbox, username: string): string {
  return given(accounts.find((account) => account.username === username)?.password, `${username}'s password`)
}

/** A code that the authenticator does not show now. */
export function wrongCode(sandbox: Sandbox, username: string): string {
  return `${(Number(sandbox.otp(username)) + 500_000) % 1_000_000}`.padStart(6, '0')
}

/** The client of the product 1234. */
export function product({ clients }: Sandbox) {
  const { id, secret } = given(
    clients.find((client) => client.kind === 'product'),
    'a product client',
  )
  return productClient({ id, secret })
}
