import type { ProductSession } from '@particle-grants/core'
import { given, refusal } from '../story/checks.ts'
import type { Scene } from '../story/scene.ts'
import type { Step } from '../story/step.ts'
import { member } from '../wire/exchange.ts'

/** A developer's refresh token cannot be used, and core never sends it. */
export const refuseARefresh: Step = {
  title: "A developer's refresh, refused before it is sent",
  async run(scene) {
    await refusedHere(scene)
    await refusedThere(scene)
  },
}

async function refusedHere({ narrator, sandbox, expect, left }: Scene): Promise<void> {
  const session = given(left.developer, 'a developer who is signed in')
  narrator.say(
    'Only product tokens can be refreshed. In TypeScript a developer session has no forceRefresh; this is what a call from JavaScript gets:',
  )
  const before = sandbox.requests().length
  const token = session.peekAccessToken()
  const error = await refusal(
    (session as unknown as ProductSession).getAccessToken({ forceRefresh: true }),
    'not_renewable',
  )
  expect(`${error.code}: "${error.message}"`, error.details.reason === 'developer_token')
  expect(
    'the error says what to do, and when the token expires',
    error.details.expiresAt !== null && /sign in again/i.test(error.message),
  )
  expect('no request went out', sandbox.requests().length === before)
  expect('the session keeps its token', token !== undefined && session.peekAccessToken() === token)
}

async function refusedThere({ narrator, curl, expect, left }: Scene): Promise<void> {
  narrator.say(
    "For comparison, the server's own refusal of the refresh token from the exchange above. It would count as a failure there, and ten in a row block an address for 30 minutes:",
  )
  const value = given(left.refreshToken, "the report's refresh token")
  const answer = await curl({
    path: '/oauth/token',
    user: 'particle:particle',
    fields: [
      { name: 'grant_type', value: 'refresh_token' },
      { name: 'refresh_token', value, shown: '$REFRESH_TOKEN' },
    ],
  })
  expect(
    'the server answers 400 invalid_grant',
    answer.status === 400 && member(answer, 'error') === 'invalid_grant',
  )
}
