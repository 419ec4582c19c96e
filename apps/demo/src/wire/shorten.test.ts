import { expect, it } from 'vitest'
import { shortenExchange } from './shorten.ts'

const token = '0123456789abcdef0123456789abcdef01234567'

it('shortens secrets in headers, fields and the answer, and nothing else', () => {
  const shown = shortenExchange({
    method: 'POST',
    path: '/oauth/token',
    headers: { authorization: `Basic ${token}`, accept: '*/*' },
    body: `grant_type=refresh_token&refresh_token=${token}&otp=123456&password=p`,
    status: 200,
    statusText: 'OK',
    answer: JSON.stringify({ access_token: token, tokens: [{ mfa_token: token }], expires_in: 1 }),
  })
  expect(shown).toEqual({
    request: 'POST /oauth/token',
    headers: [
      ['authorization', 'Basic 0123…'],
      ['accept', '*/*'],
    ],
    fields: [
      ['grant_type', 'refresh_token'],
      ['refresh_token', '0123…'],
      ['otp', '••••'],
      ['password', '••••'],
    ],
    status: 200,
    answer: '200 OK',
    json: { access_token: '0123…', tokens: [{ mfa_token: '0123…' }], expires_in: 1 },
  })
})

it('shows an answer that is no JSON as it is', () => {
  const html = {
    method: 'GET',
    path: '/',
    headers: {},
    body: '',
    status: 502,
    statusText: '',
    answer: '<html>',
  }
  expect(shortenExchange(html).json).toBe('<html>')
})
