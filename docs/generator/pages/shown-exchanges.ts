import type { GrantType } from '@particle-grants/core/protocol'
import type { ExchangeId } from '../exchange/exchanges.ts'
import type { SampledExchange } from '../samples/sample.ts'

/** A variant of a grant's request, and what to say about it. */
export interface Variant {
  readonly id: ExchangeId
  readonly title: string
  readonly text: string
}

/** What a grant's page shows. */
export interface Shown {
  /** The request at the top, and its response. */
  readonly request: SampledExchange
  /** Other responses to the same request. */
  readonly otherResponses: readonly ExchangeId[]
  /** Errors whose responses are shown too, by the anchors of their causes. */
  readonly errors: readonly string[]
  readonly variants: readonly Variant[]
  /** Where the request is in a sign-in, in Markdown. */
  readonly flow: string
  /** The scenario of the playground. */
  readonly scenario: string
}

/** What the page of each grant shows. */
export const shownExchanges: Readonly<Record<GrantType, Shown>> = {
  password: {
    request: 'sign-in',
    otherResponses: ['sign-in-mfa'],
    errors: ['invalid_grant-credentials'],
    flow: '**password** → token, or 403 → [code](./mfa-otp.md) → token',
    scenario: 'mfa',
    variants: [
      {
        id: 'sign-in-mfa',
        title: 'An account with MFA',
        text: 'The request is the same. Status 403 means that the password was correct: keep the `mfa_token`, and send the [second request](./mfa-otp.md).',
      },
      {
        id: 'sign-in-customer',
        title: 'A customer of your product',
        text: "The same fields with the product's client. Only these refresh tokens work.",
      },
    ],
  },
  'urn:custom:mfa-otp': {
    request: 'otp',
    otherResponses: ['otp-wrong'],
    errors: [],
    flow: '[password](./password.md) → 403 → **code** → token',
    scenario: 'mfa',
    variants: [
      {
        id: 'otp-wrong',
        title: 'A wrong code',
        text: 'Wait for the next code and send it with the same `mfa_token`. After three wrong codes, start again.',
      },
    ],
  },
  'urn:custom:recovery-code': {
    request: 'recovery-code',
    otherResponses: [],
    errors: [],
    flow: '[password](./password.md) → 403 → **recovery code** → token, or a refusal',
    scenario: 'mfa',
    variants: [],
  },
  client_credentials: {
    request: 'client-owner',
    otherResponses: [],
    errors: ['invalid_client-unknown_client', 'invalid_scope-refused'],
    flow: '**client id and secret** → token → 90 days later: the same again',
    scenario: 'product',
    variants: [
      {
        id: 'client-customer',
        title: "A customer's token",
        text: "Add `scope=customer=…`. The customer's password is not needed.",
      },
      { id: 'client-user', title: 'Your own account', text: 'The same with a client of your own account.' },
    ],
  },
  refresh_token: {
    request: 'refresh',
    otherResponses: [],
    errors: ['invalid_grant-refresh_token', 'invalid_grant-expired_refresh_token'],
    flow: "[a customer's password](./password.md#sign-in-customer) → token → **refresh** → next token",
    scenario: 'customer',
    variants: [
      {
        id: 'refresh-developer',
        title: "A developer's token",
        text: 'Do not try this: the refresh token does not work, and the attempt may count towards the lockout. How the live service refuses it is [not known](../reference/unknowns.md#developer_refresh); this is how the sandbox does.',
      },
    ],
  },
}
