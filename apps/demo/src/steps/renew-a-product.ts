import { type State, tokensOf } from '@particle-grants/core'
import { given, refusal } from '../story/claims.ts'
import type { Step } from '../story/step.ts'
import { field } from '../wire/exchange.ts'
import { product } from './cast.ts'

const day = 86_400_000

/** A product's token renews itself; a developer's ends. */
export const renewAProduct: Step = {
  title: 'A product, and 90 days',
  async run({ narrator, sandbox, session, expect, exchanges, left }) {
    narrator.say(
      'A product has an id and a secret of its own, and is never asked for a code: session.authorize()',
    )
    const owner = session({ client: product(sandbox) })
    await owner.authorize()
    const first = await owner.accessToken()
    expect('the product has a token for 90 days', lifetimeOf(owner.state) === 90 * day)

    narrator.say(
      '90 days pass (the clock of the sandbox can be moved). session.accessToken() asks again by itself:',
    )
    sandbox.clock.advance('90d')
    const second = await owner.accessToken()
    const last = exchanges.at(-1)
    expect('there is a new token', second !== first)
    expect(
      'it came by client_credentials; no refresh token was kept or sent',
      last !== undefined &&
        field(last, 'grant_type') === 'client_credentials' &&
        field(last, 'refresh_token') === undefined &&
        tokensOf(owner.state)?.refreshToken === undefined,
    )

    narrator.say('The developer from above has to sign in again, and is told so without a request:')
    const developer = given(left.developer, 'a developer who was signed in')
    const before = sandbox.requests().length
    const error = await refusal(developer.accessToken(), 'reauthentication_required')
    expect(`${error.code}: "${error.message}"`, error.details.reason === 'expired')
    expect('no request went out', sandbox.requests().length === before)
  },
}

function lifetimeOf(state: State): number | undefined {
  const { issuedAt, expiresAt } = tokensOf(state) ?? {}
  return issuedAt && expiresAt ? expiresAt - issuedAt : undefined
}
