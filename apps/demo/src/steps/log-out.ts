import { given } from '../story/claims.ts'
import type { Step } from '../story/step.ts'

/** Revoked there, forgotten here. */
export const logOut: Step = {
  title: 'Signing out',
  async run({ url, narrator, fetch, expect, left }) {
    const jane = given(left.customer, 'a customer who is signed in')
    narrator.say(
      "90 days have passed since Jane's token came, and it has run out. session.accessToken() renews it first:",
    )
    const authorization = `Bearer ${await jane.accessToken()}`
    narrator.say('session.logout() revokes the access token, and forgets the session whatever comes of it:')
    const result = await jane.logout()
    expect('the access token is revoked', result.accessToken === 'revoked')
    expect(
      'the refresh token is forgotten; Particle knows no call that revokes one',
      result.refreshToken === 'still_valid' && jane.peekToken() === undefined,
    )
    expect('the session is signed out', jane.state.status === 'signed_out')

    narrator.say('Whoever still has a copy of that token:')
    const answer = await fetch(`${url}/v1/devices`, { headers: { authorization } })
    expect('the token is dead at the API: 401', answer.status === 401)
  },
}
