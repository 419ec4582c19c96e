import { attachSession } from '@particle-grants/axios'
import { createSession, productClient } from '@particle-grants/core'
import axios from 'axios'
import { check, checkChanged, expireTokens } from './check.mjs'

/**
 * Calls the API through Axios. The token expires, so a call with a body is replayed with a new one.
 *
 * @param {import('./check.mjs').Environment} environment
 */
export async function testAxios(environment) {
  const { baseUrl } = environment
  const session = createSession({
    client: productClient({ id: 'my-product-1234', secret: 'product-secret' }),
    baseUrl,
  })
  const api = axios.create({ baseURL: baseUrl })
  attachSession(api, session)
  check('the first call', (await api.get('/v1/devices')).status, 200)
  const token = session.peekAccessToken()

  await expireTokens(environment)
  const calls = [1, 2, 3].map((arg) => api.post('/v1/devices/garden/water', { arg: `${arg}` }))
  for (const [index, { status, data }] of (await Promise.all(calls)).entries()) {
    check('the status of a replayed call', status, 200)
    check('the body of a replayed call', JSON.stringify(data).includes(`"${index + 1}"`), true)
  }
  checkChanged('the token after the replay', token, session.peekAccessToken())
}
