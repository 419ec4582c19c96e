import { given } from '../story/checks.ts'
import type { Step } from '../story/step.ts'

/** Revoked there, forgotten here. */
export const logOut: Step = {
  title: 'Signing out',
  async run({ url, narrator, fetch, expect, left }) {
    const jane = given(left.customer, 'a customer who is signed in')
    narrator.say(
      "90 days have passed, so Jane's token has expired. session.getAccessToken() renews it first:",
    )
    const authorization = `Bearer ${await jane.getAccessToken()}`
    narrator.say('session.logout() revokes the access token, and forgets the session in any case:')
    const result = await jane.logout()
    expect('the access token is revoked', result.accessToken === 'revoked')
    expect(
      'the refresh token is forgotten; Particle knows no call that revokes one',
      result.refreshToken === 'still_valid' && jane.peekAccessToken() === undefined,
    )
    expect('the session is signed out', jane.state.status === 'signed_out')

    narrator.say('A copy of that token is of no use:')
    const answer = await fetch(`${url}/v1/devices`, { headers: { authorization } })
    expect('the API rejects the token: 401', answer.status === 401)
  },
}
