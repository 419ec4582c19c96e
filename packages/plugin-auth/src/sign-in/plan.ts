import {
  type AccountSubject,
  account,
  type CustomerSubject,
  customer,
  type OAuthClient,
  type Secret,
} from '@particle-grants/core'

/** How to sign in, with everything that takes. */
export type SignInPlan =
  | {
      readonly by: 'password'
      readonly client: OAuthClient
      readonly username: string
      readonly password: Secret
      /** Whether a person typed the password at a terminal, for this very request. */
      readonly isTyped: boolean
    }
  | {
      readonly by: 'client'
      readonly client: OAuthClient
      /** `undefined`: the client's owner. */
      readonly customer: CustomerSubject | undefined
      readonly isTyped: boolean
    }
  | { readonly by: 'token'; readonly accessToken: Secret }

/** The subject of a password's tokens: a product's client signs in its customers. */
export function toSubject(client: OAuthClient, username: string): AccountSubject | CustomerSubject {
  return client.kind === 'product' ? customer(username) : account(username)
}
