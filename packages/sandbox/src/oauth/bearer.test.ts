import { createSandbox } from '@particle-grants/sandbox'
import type { SandboxServer } from '@particle-grants/sandbox/node'
import { listen } from '@particle-grants/sandbox/node'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { send } from '../../test/raw-http.ts'
import { signIn } from '../../test/token-requests.ts'

const sandbox = createSandbox()
const formType = 'application/x-www-form-urlencoded'
const device = '/v1/devices/garden/blink'
let server: SandboxServer
let token: string

beforeAll(async () => {
  server = await listen(sandbox)
  token = await signIn(sandbox)
})
afterAll(() => server.close())

/** Sends a request with the token in these places. A body is a form unless another type is given. */
function request(places: { method?: string; header?: string; query?: string; body?: string; type?: string }) {
  const { method = 'POST', header, query, body, type = formType } = places
  return send(server.url, {
    method,
    path: `${method === 'GET' ? '/v1/devices' : device}${query === undefined ? '' : `?access_token=${query}`}`,
    headers: {
      ...(header !== undefined && { authorization: header }),
      ...(body !== undefined && { 'content-type': type }),
    },
    ...(body !== undefined && { body }),
  })
}

describe('the access token of an API request', () => {
  it.each([
    ['the header', () => ({ header: `Bearer ${token}` })],
    ['a header with other words', () => ({ header: `My Bearer ${token} and more` })],
    ['the query', () => ({ query: token })],
    ['a form', () => ({ body: `access_token=${token}` })],
  ])('is read from %s', async (_title, places) => {
    expect((await request(places())).status).toBe(200)
  })

  const twoPlaces = 'Only one method may be used to authenticate at a time (Auth header,  GET or POST).'
  const inJson = 'When putting the token in the body, content type must be application/x-www-form-urlencoded.'
  it.each([
    ['in the header and the query', { header: 'Bearer x', query: 'x' }, twoPlaces],
    ['in the header and a form', { header: 'Bearer x', body: 'access_token=x' }, twoPlaces],
    ['in the query and an empty field', { query: 'x', body: 'access_token=' }, twoPlaces],
    ['in an empty query and the header', { query: '', header: 'Bearer x' }, twoPlaces],
    ['nowhere', {}, 'The access token was not found'],
    ['in a header of another scheme', { header: 'Basic eDp5' }, 'Malformed auth header'],
    ['in a header without a space', { header: 'Bearer' }, 'Malformed auth header'],
    ['in a header whose scheme is in lower case', { header: 'bearer x' }, 'Malformed auth header'],
    [
      'in the body of a GET',
      { method: 'GET', body: 'access_token=x' },
      'Method cannot be GET When putting the token in the body.',
    ],
    ['in JSON', { body: '{"access_token":"x"}', type: 'application/json' }, inJson],
  ])('is rejected %s', async (_title, places, description) => {
    const { status, json, headers } = await request(places)
    expect(status).toBe(400)
    expect(json).toEqual({ error: 'invalid_request', error_description: description })
    expect(headers['cache-control']).toBe('no-store')
    expect(headers['www-authenticate']).toBeUndefined()
  })

  it.each([
    ['an unknown token', () => ({ header: 'Bearer nope' })],
    ['an empty query', () => ({ query: '' })],
    ['an empty query and a valid token', () => ({ query: `&access_token=${token}` })],
    ['a valid token that is repeated in the query', () => ({ query: `${token}&access_token=${token}` })],
    ['a valid token that is repeated in a form', () => ({ body: `access_token=${token}&access_token=${token}` })],
    ['an empty field', () => ({ body: 'access_token=' })],
  ])('is invalid if it is %s', async (_title, places) => {
    const { status, json } = await request(places())
    expect(status).toBe(401)
    expect(json).toEqual({
      error: 'invalid_token',
      error_description: 'The access token provided is invalid.',
    })
  })
})
