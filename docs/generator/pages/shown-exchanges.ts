import type { GrantType } from '@particle-grants/core'
import type { ExchangeId } from '../exchange/exchanges.ts'

/** An exchange on a grant's page, and what to say about it. */
export interface ShownExchange {
  readonly id: ExchangeId
  readonly title: string
  readonly text: string
}

/** What each grant's page shows, in this order. */
export const shownExchanges: Readonly<Record<GrantType, readonly ShownExchange[]>> = {
  password: [
    { id: 'sign-in', title: 'Your own account', text: 'An account without MFA gets tokens at once.' },
    {
      id: 'sign-in-mfa',
      title: 'An account with MFA',
      text: 'Status 403 means that the password was correct. Keep the `mfa_token`, and send the [second request](./mfa-otp.md).',
    },
    {
      id: 'sign-in-customer',
      title: 'A customer of your product',
      text: "The same fields with the product's client. Only these refresh tokens work.",
    },
  ],
  'urn:custom:mfa-otp': [
    {
      id: 'otp',
      title: 'Send the code',
      text: 'The `mfa_token` is from the [first response](./password.md#sign-in-mfa). No other field is needed.',
    },
    {
      id: 'otp-wrong',
      title: 'A wrong code',
      text: 'Wait for the next code and send it with the same `mfa_token`. After three wrong codes, start again.',
    },
  ],
  'urn:custom:recovery-code': [
    {
      id: 'recovery-code',
      title: 'Send a recovery code',
      text: 'This is how the server library and the sandbox answer. The live service probably refuses it.',
    },
  ],
  client_credentials: [
    {
      id: 'client-owner',
      title: "A product's token",
      text: "Send only the client's id and secret.",
    },
    {
      id: 'client-customer',
      title: "A customer's token",
      text: "Add `scope=customer=…`. The customer's password is not needed.",
    },
    { id: 'client-user', title: 'Your own account', text: 'The same with a client of your own account.' },
  ],
  refresh_token: [
    {
      id: 'refresh',
      title: "A customer's token",
      text: 'The refresh token is from the [sign-in](./password.md#sign-in-customer), or from the last refresh. The response has the next one.',
    },
    {
      id: 'refresh-developer',
      title: "A developer's token",
      text: 'Do not try this: the refresh token does not work, and the attempt may count towards the lockout. How the live service refuses it is [not known](../reference/unknowns.md#developer_refresh); this is how the sandbox does.',
    },
  ],
}
