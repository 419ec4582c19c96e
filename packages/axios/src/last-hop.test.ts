import { describe, expect, it } from 'vitest'
import { type Answer, recorder, refuse } from '../test/recorder.ts'
import { externalToken, numberedTokens, tokenNumber } from '../test/tokens.ts'
import { type Version, versions } from '../test/versions.ts'

/** An API at `localhost` that redirects `/to?…` there, and another host that answers as it likes. */
async function twoHosts(elsewhere: Answer) {
  const api = await recorder(({ url, authorization }, response) => {
    if (url.startsWith('/to?')) response.writeHead(302, { location: decodeURIComponent(url.slice(4)) }).end()
    else if (authorization === undefined) refuse(response)
    else response.writeHead(Number(url.slice(1)) || 200).end('{}')
  })
  const other = await recorder(elsewhere)
  const origin = api.of('localhost')
  return { origin, api, other, away: `${origin}/to?${encodeURIComponent(`${other.url}/elsewhere`)}` }
}

/** Before 1.12 nothing tells where an answer to the fetch adapter came from. */
const told = versions.flatMap((version): [string, string, Version][] => {
  const { VERSION } = version.axios
  const fetchTells = VERSION !== '1.7.0' && VERSION !== '1.9.0'
  return ['http', ...(fetchTells ? ['fetch'] : [])].map((adapter) => [adapter, version.name, version])
})

describe.each(told)(
  'an answer to the %s adapter that the token did not lead to, %s',
  (adapter, _name, version) => {
    const { axios, attachSession } = version

    it('ends no session: a 401 of another host, after a redirect', async () => {
      const { origin, other, away } = await twoHosts((_, response) => refuse(response))
      const token = 'a'.repeat(40)
      const session = await externalToken(origin, token)
      const instance = axios.create({ adapter, proxy: false })
      const told: unknown[] = []
      attachSession(instance, session, { onReauthenticationRequired: (error) => told.push(error) })
      for (let call = 0; call < 2; call += 1) {
        await expect(instance.get(away)).rejects.toMatchObject({ response: { status: 401 } })
      }
      expect(other.requests.map(({ authorization }) => authorization)).toEqual([undefined, undefined])
      expect(session.peekAccessToken()).toBe(token)
      expect(told).toEqual([])
    })

    it('renews nothing, and is passed on as it is', async () => {
      const { origin, away } = await twoHosts((_, response) => refuse(response, 'expired_token'))
      const { session, requested } = await numberedTokens(origin)
      const instance = axios.create({ adapter, proxy: false, validateStatus: () => true })
      attachSession(instance, session)
      expect((await instance.get(away)).data).toMatchObject({ error: 'expired_token' })
      expect(requested()).toBe(1)
      expect(session.peekAccessToken()).toBe(tokenNumber(1))
    })
  },
)

describe.each(versions)('the API itself, $name', ({ axios, attachSession }) => {
  it('is not asked by the token when a redirect comes back to it', async () => {
    const { origin, api, away } = await twoHosts((_, response) =>
      response.writeHead(302, { location: `${origin}/back` }).end(),
    )
    const { session, requested } = await numberedTokens(origin)
    const instance = axios.create({ proxy: false })
    attachSession(instance, session)
    await expect(instance.get(away)).rejects.toMatchObject({ response: { status: 401 } })
    expect(api.requests.at(-1)).toMatchObject({ url: '/back', authorization: undefined })
    expect(requested()).toBe(1)
  })

  it('is taken for it where an adapter does not say who answered', async () => {
    const { session, requested, advance } = await numberedTokens('https://api.example')
    const instance = axios.create({ baseURL: 'https://api.example' })
    attachSession(instance, session)
    for (const request of [undefined, { responseURL: '/relative' }, { responseURL: '' }, {}]) {
      const before = requested()
      // A token that is rejected within its first minute may be renewed later only.
      advance(120_000)
      let sent = 0
      const { status } = await instance.get('/', {
        validateStatus: () => true,
        adapter: async (config) => {
          sent += 1
          const data = { error: 'invalid_token' }
          return { data, status: sent === 1 ? 401 : 200, statusText: '', headers: {}, config, request }
        },
      })
      expect([status, requested() - before]).toEqual([200, 1])
    }
  })
})
