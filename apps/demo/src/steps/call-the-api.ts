import { given } from '../story/checks.ts'
import type { Step } from '../story/step.ts'

/** What all of it is for. */
export const callTheApi: Step = {
  title: 'A call with the token',
  async run({ url, narrator, fetch, expect, left }) {
    const session = given(left.developer, 'a developer who is signed in')
    narrator.say(
      'session.getAccessToken() goes into the header. While the token is valid, no request is sent for it.',
    )
    const authorization = `Bearer ${await session.getAccessToken()}`
    const answer = await fetch(`${url}/v1/devices`, { headers: { authorization } })
    const devices: unknown = await answer.json()
    expect(
      'the API answers 200 with devices',
      answer.status === 200 && Array.isArray(devices) && devices.length > 0,
    )
  },
}
