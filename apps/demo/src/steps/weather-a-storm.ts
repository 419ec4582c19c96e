import { Agent } from 'node:http'
import { attachSession } from '@particle-grants/axios'
import axios, { type AxiosInstance } from 'axios'
import type { Scene } from '../story/scene.ts'
import type { Step } from '../story/step.ts'
import { product } from './cast.ts'

const calls = 1000

/** What a storm came to, as the server saw it. */
interface Storm {
  readonly answered: number
  readonly apiRequests: number
  readonly refused: number
  readonly tokenRequests: number
}

/** Many calls meet a dead token at once. */
export const weatherAStorm: Step = {
  title: 'A storm of calls costs one renewal',
  async run(scene) {
    const { url, narrator, sandbox, session, expect } = scene
    narrator.say(
      "A back end calls the API through Axios. attachSession(api, session) puts the product's token on:",
    )
    const owner = session({ client: product(sandbox) })
    await owner.authorize()
    const httpAgent = new Agent({ keepAlive: true, maxSockets: 64 })
    const api = axios.create({ baseURL: url, httpAgent })
    const detach = attachSession(api, owner)
    const { config, status } = await api.get('/v1/devices')
    expect(
      'a call is answered 200, and its config holds no token',
      status === 200 && !config.headers.Authorization,
    )

    narrator.say(`90 days pass, and ${calls} calls come at once. All of them wait for this:`)
    sandbox.clock.advance('90d')
    const late = await storm(scene, api)
    narrator.say(summaryOf(late))
    expect(`all ${calls} calls are answered`, late.answered === calls)
    expect('they cost one token request', late.tokenRequests === 1)
    expect('and not one of them was sent to fail', late.refused === 0 && late.apiRequests === calls)

    narrator.say('Somebody revokes the token: nobody knows until the API says so. Again all at once:')
    sandbox.revoke()
    const revoked = await storm(scene, api)
    narrator.say(summaryOf(revoked))
    expect(`all ${calls} calls are answered`, revoked.answered === calls)
    expect('they cost one token request again', revoked.tokenRequests === 1)
    expect('each was sent twice at most', revoked.apiRequests === calls + revoked.refused)
    detach()
    httpAgent.destroy()
  },
}

async function storm({ sandbox }: Scene, api: AxiosInstance): Promise<Storm> {
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

function summaryOf({ answered, apiRequests, refused, tokenRequests }: Storm): string {
  return `${answered} calls answered; the server saw ${tokenRequests} token request and ${apiRequests} API requests, ${refused} of them with a dead token.`
}
