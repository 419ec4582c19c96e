import { describe, expect, it } from 'vitest'
import { getRedirect } from './bearer.ts'

const contentHeaders = ['content-type', 'content-length', 'content-encoding', 'content-language', 'content-location']
const url = 'https://api.particle.io/v1/devices'

describe('getRedirect', () => {
  it.each([
    [301, 'POST', true],
    [302, 'POST', true],
    [303, 'POST', true],
    [303, 'PUT', true],
    [303, 'HEAD', false],
    [302, 'PUT', false],
    [307, 'POST', false],
    [308, 'POST', false],
  ])('follows a %i of a %s; it becomes a GET: %s', (status, method, becomesGet) => {
    expect(getRedirect({ url, method }, { status, location: '/v2' })).toEqual({
      url: 'https://api.particle.io/v2',
      becomesGet,
      removedHeaders: becomesGet ? contentHeaders : [],
    })
  })

  it.each(['/oauth/token', '/oauth%252Ftoken'])('removes the token on the way to %s', (location) => {
    expect(getRedirect({ url, method: 'GET' }, { status: 307, location })?.removedHeaders).toEqual(['authorization'])
  })

  it.each(['http://api.particle.io/v1', 'https://evil.example/', '//evil.example', '//evil.example/oauth/token'])(
    'removes all credentials on the way to %s',
    (location) => {
      const removed = ['authorization', 'cookie', 'proxy-authorization']
      expect(getRedirect({ url, method: 'GET' }, { status: 307, location })?.removedHeaders).toEqual(removed)
    },
  )

  it.each([
    [200, '/v2'],
    [304, '/v2'],
    [302, undefined],
    [302, 'https://'],
    [302, 'data:text/plain,x'],
    [302, 'javascript:alert(1)'],
  ])('does not follow %i to %s', (status, location) => {
    expect(getRedirect({ url, method: 'GET' }, { status, location })).toBeUndefined()
  })
})
