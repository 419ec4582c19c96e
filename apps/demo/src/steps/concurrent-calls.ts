import { Agent } from 'node:http'
import { attachSession } from '@particle-grants/axios'
import axios, { type AxiosInstance } from 'axios'
import type { Scene } from '../story/scene.ts'
import type { Step } from '../story/step.ts'
import { product } from './accounts.ts'

const calls = 1000

/** What the server saw of many calls at once. */
interface CallCounts {
  readonly answered: number
  readonly apiRequests: number
  readonly refused: number
  readonly tokenRequests: number
}

/** Many calls find that the token is no longer valid, at the same time. */
export const concurrentCalls: Step = {
  title: 'A thousand calls cost one renewal',
  async run(scene) {
    const { url, narrator, sandbox, productSession, expect } = scene
    narrator.say(
      "A back end calls the API through Axios. attachSession(api, session) adds the product's token:",
    )
    const session = productSession({ client: product(sandbox) })
    const httpAgent = new Agent({ keepAlive: true, maxSockets: 64 })
    const api = axios.create({ baseURL: url, httpAgent })
    const detach = attachSession(api, session)
    const { config, status } = await api.get('/v1/devices')
    expect(
      'a call is answered 200, and its config holds no token',
      status === 200 && !config.headers.Authorization,
    )

    narrator.say(`90 days pass, and ${calls} calls come at once. All of them wait for this:`)
    sandbox.clock.advance('90d')
    const late = await callAtOnce(scene, api)
    narrator.say(formatCounts(late))
    expect(`all ${calls} calls are answered`, late.answered === calls)
    expect('they cost one token request', late.tokenRequests === 1)
    expect(
      'and none of them was sent with an expired token',
      late.refused === 0 && late.apiRequests === calls,
    )

    narrator.say('The token is revoked. The client learns it from the API. Again all at once:')
    sandbox.revoke()
    const revoked = await callAtOnce(scene, api)
    narrator.say(formatCounts(revoked))
    expect(`all ${calls} calls are answered`, revoked.answered === calls)
    expect('they cost one token request again', revoked.tokenRequests === 1)
    expect('each was sent twice at most', revoked.apiRequests === calls + revoked.refused)
    detach()
    httpAgent.destroy()
  },
}

async function callAtOnce({ sandbox }: Scene, api: AxiosInstance): Promise<CallCounts> {
  const counts = { apiRequests: 0, refused: 0, tokenRequests: 0 }
  const unsubscribe = sandbox.subscribe(({ path, status }) => {
    if (path === '/oauth/token') counts.tokenRequests += 1
    else counts.apiRequests += 1
    if (status === 401) counts.refused += 1
  })
  const results = await Promise.allSettled(Array.from({ length: calls }, () => api.get('/v1/devices/garden')))
  unsubscribe()
  return { ...counts, answered: results.filter(({ status }) => status === 'fulfilled').length }
}

function formatCounts({ answered, apiRequests, refused, tokenRequests }: CallCounts): string {
  return `${answered} calls answered; the server saw ${tokenRequests} token request and ${apiRequests} API requests, ${refused} of them with an invalid token.`
}
