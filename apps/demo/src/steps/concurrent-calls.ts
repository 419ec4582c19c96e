import { attachSession } from '@particle-grants/axios'
import { createSession } from '@particle-grants/core'
import axios from 'axios'
import type { Demo } from '../demo.ts'
import { client } from './product.ts'

/** Sends many calls at once while the token is expired, and again while it is revoked. */
export async function callConcurrently({ print, sandbox, url, connection, check }: Demo): Promise<void> {
  print.heading('100 concurrent calls, one renewal')
  print.say('A back end calls the API with Axios. All calls wait for the same renewal.')
  print.code(
    'const api = axios.create({ baseURL })',
    'attachSession(api, session)',
    "await Promise.all(calls) // 100 × api.get('/v1/devices')",
  )
  const api = axios.create({ baseURL: url })
  attachSession(api, createSession({ client, ...connection }))
  await api.get('/v1/devices')

  /** Returns how many requests the sandbox received. */
  async function callAll() {
    const before = sandbox.requests().length
    await Promise.all(Array.from({ length: 100 }, () => api.get('/v1/devices')))
    const received = sandbox.requests().slice(before)
    const tokenRequests = received.filter(({ path }) => path === '/oauth/token').length
    const rejected = received.filter(({ status }) => status === 401).length
    return { tokenRequests, rejected, calls: received.length - tokenRequests }
  }

  sandbox.clock.advance('90d')
  const late = await callAll()
  check('90 days later: 100 calls succeed after 1 token request', late.tokenRequests === 1 && late.calls === 100)
  sandbox.revoke()
  const { tokenRequests, rejected, calls } = await callAll()
  check(
    `after a revocation: ${rejected} calls are sent again after 1 token request`,
    tokenRequests === 1 && rejected > 0 && calls === 100 + rejected,
  )
}
