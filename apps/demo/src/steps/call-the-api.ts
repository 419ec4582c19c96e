import { given } from '../story/claims.ts'
import type { Step } from '../story/step.ts'

/** What all of it is for. */
export const callTheApi: Step = {
  title: 'A call with the token',
  async run({ url, narrator, fetch, expect, left }) {
    const session = given(left.developer, 'a developer who is signed in')
    narrator.say('session.accessToken() goes into the header; it asks nobody while the token is good.')
    const authorization = `Bearer ${await session.accessToken()}`
    const answer = await fetch(`${url}/v1/devices`, { headers: { authorization } })
    const devices: unknown = await answer.json()
    expect(
      'the API answers 200 with devices',
      answer.status === 200 && Array.isArray(devices) && devices.length > 0,
    )
  },
}
