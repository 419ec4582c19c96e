import { type CurlResponse, curl } from '../curl.ts'
import type { Demo } from '../demo.ts'

const account = { USERNAME: 'mfa@example.com', PASSWORD: 'battery staple' }
const token = 'curl $API/oauth/token -u particle:particle'

/** The two exchanges of particle-iot/docs issue 1132. In the bodies, `<…>` is a value that differs each time. */
export const reportedExchanges = {
  password: {
    command: `${token} -d grant_type=password -d username=$USERNAME --data-urlencode "password=$PASSWORD"`,
    fields: 'grant_type username password',
    status: 403,
    body: '{"mfa_token":"<mfa_token>","error":"mfa_required","error_description":"Multi-factor authentication required"}',
  },
  otp: {
    command: `${token} -d grant_type=urn:custom:mfa-otp -d username=$USERNAME -d mfa_token=$MFA_TOKEN -d otp=$CODE`,
    fields: 'grant_type username mfa_token otp',
    status: 200,
    body: '{"token_type":"bearer","access_token":"<40 hex>","expires_in":7776000,"refresh_token":"<40 hex>"}',
  },
}

/** Replays the report. Returns the refresh token of the second response. */
export async function replayReport(demo: Demo): Promise<string> {
  const { print, sandbox, url, check } = demo
  const { password, otp } = reportedExchanges
  print.heading('The problem: 403 mfa_required')
  print.say(
    `An account with two-step authentication requests a token. Someone reported this exchange (particle-iot/docs, issue 1132), because the API reference did not say how to continue. $API is ${url} here.`,
  )
  const { mfa_token: mfaToken = '' } = await replay(demo, password, account)
  const incomplete = await curl(password.command.replace(/ --data-urlencode.*/, ''), { API: url, ...account })
  check(
    'without the password, as in one command of the report: 400 invalid_client',
    isError(incomplete, 'invalid_client'),
  )

  print.heading('The answer: a second request, with the mfa_token and the code')
  print.say('The code is the six digits that the authenticator app shows.')
  const code = { ...account, MFA_TOKEN: mfaToken, CODE: sandbox.otp(account.USERNAME) }
  const { access_token: accessToken = '', refresh_token: refreshToken = '' } = await replay(demo, otp, code)
  const misnamed = await curl(otp.command.replace('mfa-otp', 'mfa-token'), { API: url, ...code })
  check('urn:custom:mfa-token, another name in the report: 400 invalid_request', isError(misnamed, 'invalid_request'))

  const call = 'curl $API/v1/devices -H "Authorization: Bearer $ACCESS_TOKEN"'
  const { status, body } = await demo.curl(call, { ACCESS_TOKEN: accessToken })
  check('the API returns 2 devices', status === 200 && JSON.parse(body).length === 2)
  return refreshToken
}

type Exchange = (typeof reportedExchanges)[keyof typeof reportedExchanges]

/** Sends a request of the report. Checks the fields that the sandbox received, the status, and every byte of the body. */
async function replay(demo: Demo, { command, fields, status, body }: Exchange, variables: Record<string, string>) {
  const response = await demo.curl(command, variables)
  const { method, path, client_id: clientId, form = {} } = demo.sandbox.requests().at(-1) ?? {}
  const received = [method, path, clientId, ...Object.keys(form)].join(' ')
  const returned = response.body
    .replace(/"mfa_token":"[0-9a-f-]{36}"/, '"mfa_token":"<mfa_token>"')
    .replace(/"[0-9a-f]{40}"/g, '"<40 hex>"')
  demo.check(
    'request and response are the reported ones',
    received === `POST /oauth/token particle ${fields}` && response.status === status && returned === body,
  )
  return JSON.parse(response.body) as Partial<Record<string, string>>
}

/** Shows what Particle responds to the refresh token of a developer. */
export async function sendRefreshToken(demo: Demo, refreshToken: string): Promise<void> {
  const command = `${token} -d grant_type=refresh_token -d refresh_token=$REFRESH_TOKEN`
  const response = await demo.curl(command, { REFRESH_TOKEN: refreshToken })
  demo.check('the server refuses it: 400 invalid_grant', isError(response, 'invalid_grant'))
}

function isError({ status, body }: CurlResponse, error: string): boolean {
  return status === 400 && JSON.parse(body).error === error
}
