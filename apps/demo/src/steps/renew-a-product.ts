import type { ProductSession } from '@particle-grants/core'
import { given, refusal } from '../story/checks.ts'
import type { Step } from '../story/step.ts'
import { field } from '../wire/exchange.ts'
import { product } from './accounts.ts'

const day = 86_400_000

/** A product's token is renewed automatically; a developer's expires. */
export const renewAProduct: Step = {
  title: 'A product, and 90 days',
  async run({ narrator, sandbox, productSession, expect, exchanges, left }) {
    narrator.say(
      'A product has an id and a secret of its own, and never needs a code. Its token is requested on first use: session.getAccessToken()',
    )
    const session = productSession({ client: product(sandbox) })
    const requestedAt = sandbox.clock.now()
    const first = await session.getAccessToken()
    expect('the product has a token for 90 days', Math.round((getExpiry(session) - requestedAt) / day) === 90)

    narrator.say(
      '90 days pass (the clock of the sandbox can be moved). session.getAccessToken() requests a new one automatically:',
    )
    sandbox.clock.advance('90d')
    const second = await session.getAccessToken()
    const last = exchanges.at(-1)
    expect('there is a new token', second !== first)
    expect(
      'it was requested by client_credentials; no refresh token was kept or sent',
      last !== undefined &&
        field(last, 'grant_type') === 'client_credentials' &&
        field(last, 'refresh_token') === undefined &&
        getTokens(session)?.refreshToken === undefined,
    )

    narrator.say('The developer from above has to sign in again. The error needs no request:')
    const developer = given(left.developer, 'a developer who was signed in')
    const before = sandbox.requests().length
    const error = await refusal(developer.getAccessToken(), 'reauthentication_required')
    expect(`${error.code}: "${error.message}"`, error.details.reason === 'expired')
    expect('no request went out', sandbox.requests().length === before)
  },
}

function getTokens({ state }: ProductSession) {
  return state.status === 'signed_in' ? state.tokens : undefined
}

function getExpiry(session: ProductSession): number {
  return getTokens(session)?.expiresAt ?? Number.NaN
}
