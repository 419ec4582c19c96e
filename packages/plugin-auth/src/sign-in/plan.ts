import {
  account,
  type Client,
  customer,
  type Secret,
  type SecretInput,
  type Subject,
} from '@particle-grants/core'

/** How somebody signs in, with everything that takes. */
export type SignInPlan =
  | {
      readonly by: 'password'
      readonly client: Client
      readonly username: string
      readonly password: SecretInput
    }
  | { readonly by: 'client'; readonly client: Client; readonly subject: Subject }
  | { readonly by: 'token'; readonly accessToken: Secret }

/** Whose the tokens of a password will be: a product's client signs in its customers. */
export function subjectOf(client: Client, username: string): Subject {
  return client.kind === 'product' ? customer(username) : account(username)
}
