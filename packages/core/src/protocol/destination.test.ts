import { describe, expect, it } from 'vitest'
import { isTokenDestination, saysTokenIsDead } from './destination.ts'

const origins = ['https://api.particle.io', 'http://127.0.0.1:8765']

describe('a token may go to', () => {
  it.each([
    'https://api.particle.io/v1/devices',
    'https://api.particle.io',
    'https://API.Particle.IO/v1/devices',
    'HTTPS://api.particle.io:443/v1/devices',
    'https:api.particle.io/v1',
    'https:\\\\api.particle.io\\v1',
    '  https://api.particle.io/v1/devices\n',
    'https://api.particle.io/v1/devices?to=https://evil.example#@evil.example',
    'https://api.particle.io/oauth/tokens',
    'https://api.particle.io/v1/oauth/token',
    'https://api.particle.io/oauth/token/../clients',
    'https://api.particle.io/oauth%2Ftokens',
    'https://api.particle.io/v1/devices/100%/name%zz',
    'https://api.particle.io/v1/devices/caf%C3%A9;oauth=1',
    'http://127.0.0.1:8765/v1/devices',
    'http://2130706433:8765/v1/devices',
  ])('%j', (url) => {
    expect(isTokenDestination(url, origins)).toBe(true)
  })
})

describe('a token never goes to', () => {
  it.each([
    ['nothing', ''],
    ['a relative URL, which has no origin', '/v1/devices'],
    ['another scheme', 'http://api.particle.io/v1/devices'],
    ['another port', 'https://api.particle.io:8443/v1/devices'],
    ['the other allowed host’s port', 'https://api.particle.io:8765/'],
    ['another host', 'https://evil.example/v1/devices'],
    ['a subdomain', 'https://evil.api.particle.io/'],
    ['the domain above', 'https://particle.io/'],
    ['a host that begins alike', 'https://api.particle.io.evil.example/'],
    ['a host that ends alike', 'https://evil-api.particle.io/'],
    ['a host with a dot at its end', 'https://api.particle.io./'],
    ['a name before an @', 'https://api.particle.io@evil.example/'],
    ['a name and password before an @', 'https://api.particle.io:443@evil.example/'],
    ['an encoded @', 'https://api.particle.io%40evil.example/'],
    ['a backslash before an @', 'https://evil.example\\@api.particle.io/'],
    ['a backslash in the host', 'https:\\\\evil.example\\api.particle.io'],
    ['a hash before an @', 'https://evil.example#@api.particle.io/'],
    ['a question mark before an @', 'https://evil.example?@api.particle.io/'],
    ['a tab in the host', 'https://evil.exa\tmple/api.particle.io'],
    ['an encoded slash in the host', 'https://api.particle.io%2f.evil.example/'],
    ['letters that look alike', 'https://аpi.particle.io/'],
    ['an ideographic full stop', 'https://api.particle.io。evil.example/'],
    ['a null byte', 'https://api.particle.io\0.evil.example/'],
    ['only slashes for a scheme', '//api.particle.io/v1/devices'],
    ['a port that is none', 'https://api.particle.io:0443443/'],
    ['a space in the host', 'https://api.particle.io .evil.example/'],
    ['JavaScript', 'javascript:fetch("https://api.particle.io")'],
    ['data', 'data:text/plain,https://api.particle.io'],
    ['a file', 'file://api.particle.io/v1/devices'],
    ['a blob, whose origin is another’s', 'blob:https://evil.example/0a1b'],
    ['a web socket', 'wss://api.particle.io/v1/devices'],
    ['ftp', 'ftp://api.particle.io/v1/devices'],
    ['localhost, where an address is allowed', 'http://localhost:8765/'],
    ['another address of this machine', 'http://127.0.0.2:8765/'],
    ['this machine in IPv6', 'http://[::1]:8765/'],
    ['the null origin', 'about:blank'],
  ])('%s: %j', (_, url) => {
    expect(isTokenDestination(url, origins)).toBe(false)
    expect(isTokenDestination(url, ['https://api.particle.io'])).toBe(false)
  })

  it.each([
    'https://api.particle.io/oauth/token',
    'https://api.particle.io/oauth/token/',
    'https://api.particle.io/oauth/token?callback=x',
    'https://api.particle.io/oauth/token#fragment',
    'https://api.particle.io//oauth//token//',
    'https://api.particle.io/OAuth/Token',
    'https://api.particle.io/v1/../oauth/token',
    'https://api.particle.io/v1/%2e%2e/oauth/token',
    'https://api.particle.io\\oauth\\token',
    'https://api.particle.io/oauth/./token',
    'https://api.particle.io/%6fauth/token',
    'https://api.particle.io/oauth/%74%4F%6B%65%6E',
    'https://api.particle.io/oauth%2ftoken',
    'https://api.particle.io/oauth%5Ctoken',
    'https://api.particle.io/v1%2f..%2Foauth/token',
    'https://api.particle.io/oauth/token;version=1',
    'https://api.particle.io/oauth;a/token;b/',
    'https://api.particle.io/oauth/token%3bversion=1',
    'https://api.particle.io/oauth/token%3Fa=b',
    'http://127.0.0.1:8765/oauth/token',
  ])('the token endpoint: %j', (url) => {
    expect(isTokenDestination(url, origins)).toBe(false)
  })

  it('anywhere when nothing is allowed', () => {
    expect(isTokenDestination('https://api.particle.io/v1/devices', [])).toBe(false)
  })
})

describe('a 401 says that the token is dead', () => {
  it.each([
    [{ error: 'invalid_token' }, true],
    [{ error: 'expired_token', error_description: 'The token is expired' }, true],
    [{ ok: false, error: 'Current password is incorrect' }, false],
    [{ error: 'INVALID_TOKEN' }, false],
    [{ error: ['invalid_token'] }, false],
    [{ errors: ['invalid_token'] }, false],
    ['invalid_token', false],
    [null, false],
    [undefined, false],
    [401, false],
    [[{ error: 'invalid_token' }], false],
  ])('%j: %s', (body, dead) => {
    expect(saysTokenIsDead(body)).toBe(dead)
  })
})
