import type { GrantType } from '@particle-grants/core'
import type { ExchangeId } from '../exchange/exchanges.ts'

/** An exchange on a grant's page, and what to say of it. */
export interface ShownExchange {
  readonly id: ExchangeId
  readonly title: string
  readonly text: string
}

/** What each grant's page shows, in this order. */
export const shownExchanges: Readonly<Record<GrantType, readonly ShownExchange[]>> = {
  password: [
    { id: 'sign-in', title: 'Your own account', text: 'An account without MFA: tokens at once.' },
    {
      id: 'sign-in-mfa',
      title: 'An account with MFA',
      text: 'Status 403, and yet no failure: the password was right. Keep the `mfa_token`, and go on with [the second step](./mfa-otp.md).',
    },
    {
      id: 'sign-in-customer',
      title: 'A customer of your product',
      text: "The same fields with the product's client. This is the one sign-in whose refresh token can be used.",
    },
  ],
  'urn:custom:mfa-otp': [
    {
      id: 'otp',
      title: 'The second step',
      text: 'The `mfa_token` of the answer to [the first step](./password.md#sign-in-mfa), and the code that the authenticator shows. Nothing else is needed.',
    },
    {
      id: 'otp-wrong',
      title: 'A wrong code',
      text: 'Send the next code with the same `mfa_token`. After three, start over.',
    },
  ],
  'urn:custom:recovery-code': [
    {
      id: 'recovery-code',
      title: 'The second step by recovery code',
      text: 'As the server library answers it, and so the sandbox. Expect the live service to refuse.',
    },
  ],
  client_credentials: [
    {
      id: 'client-owner',
      title: "The product's owner",
      text: "The client's id and secret, and nothing more.",
    },
    {
      id: 'client-customer',
      title: 'A customer of the product',
      text: "With `scope=customer=…` the token is the customer's. No password is needed.",
    },
    { id: 'client-user', title: 'Your own account', text: 'The same with a client of your own account.' },
  ],
  refresh_token: [
    {
      id: 'refresh',
      title: "A customer's token",
      text: 'The refresh token of [the sign-in](./password.md#sign-in-customer), or of the last refresh. The answer has the next one.',
    },
    {
      id: 'refresh-developer',
      title: "A developer's token",
      text: 'The refresh token that came with it does not work, as the report says of the live service. With which status and words is [not known](../reference/unknowns.md#developer_refresh): this is the answer of the sandbox. Do not try: whether it counts towards the lockout is not known either.',
    },
  ],
}
