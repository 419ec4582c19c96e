import { createSandbox } from '@particle-grants/sandbox'
import { check } from './check.mjs'

const url = 'https://api.particle.io'

/** Signs in with MFA by plain requests, without a socket, and lets the token expire. */
export async function testSandbox() {
  const sandbox = createSandbox()
  /** @param {Record<string, string>} fields */
  async function requestToken(fields) {
    const response = await sandbox.fetch(`${url}/oauth/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa('particle:particle')}` },
      body: new URLSearchParams(fields),
    })
    return { status: response.status, ...(await response.json()) }
  }
  const account = { username: 'mfa@example.com', password: 'battery staple' }
  const first = await requestToken({ grant_type: 'password', ...account })
  check('the status of the first request', first.status, 403)
  check('the error of the first request', first.error, 'mfa_required')
  const otp = sandbox.otp(account.username)
  const second = await requestToken({ grant_type: 'urn:custom:mfa-otp', mfa_token: first.mfa_token, otp })
  check('the status of the second request', second.status, 200)

  const headers = { authorization: `Bearer ${second.access_token}` }
  const call = async () => (await sandbox.fetch(`${url}/v1/devices`, { headers })).status
  check('the call with the token', await call(), 200)
  sandbox.clock.advance('91d')
  check('the call 91 days later', await call(), 401)
}
