import { describe, expect, it } from 'vitest'
import { httpResponse } from '../../test/responses.ts'
import { isAllowedUrl, isInvalidTokenError, isRevocationConfirmed } from './bearer.ts'

const origins = ['https://api.particle.io', 'http://127.0.0.1:8765']

describe('isAllowedUrl', () => {
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
    'https://api.particle.io/v1/devices/100%25/a%252Fb',
    'https://api.particle.io/v1/devices/caf%C3%A9;oauth=1',
    'http://127.0.0.1:8765/v1/devices',
    'http://2130706433:8765/v1/devices',
  ])('accepts %j', (url) => {
    expect(isAllowedUrl(url, origins)).toBe(true)
  })

  it.each([
    ['nothing', ''],
    ['a relative URL, which has no origin', '/v1/devices'],
    ['another scheme', 'http://api.particle.io/v1/devices'],
    ['another port', 'https://api.particle.io:8443/v1/devices'],
    ['the other allowed host’s port', 'https://api.particle.io:8765/'],
    ['another host', 'https://evil.example/v1/devices'],
    ['a subdomain', 'https://evil.api.particle.io/'],
    ['the domain above', 'https://particle.io/'],
    ['a host that starts the same', 'https://api.particle.io.evil.example/'],
    ['a host that ends the same', 'https://evil-api.particle.io/'],
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
    ['an invalid port', 'https://api.particle.io:0443443/'],
    ['a space in the host', 'https://api.particle.io .evil.example/'],
    ['JavaScript', 'javascript:fetch("https://api.particle.io")'],
    ['data', 'data:text/plain,https://api.particle.io'],
    ['a file', 'file://api.particle.io/v1/devices'],
    ['a blob of another origin', 'blob:https://evil.example/0a1b'],
    ['a web socket', 'wss://api.particle.io/v1/devices'],
    ['ftp', 'ftp://api.particle.io/v1/devices'],
    ['localhost, where an address is allowed', 'http://localhost:8765/'],
    ['another address of this machine', 'http://127.0.0.2:8765/'],
    ['this machine in IPv6', 'http://[::1]:8765/'],
    ['the null origin', 'data:,'],
  ])('rejects %s: %j', (_, url) => {
    expect(isAllowedUrl(url, origins)).toBe(false)
    expect(isAllowedUrl(url, ['https://api.particle.io'])).toBe(false)
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
    'https://api.particle.io/oauth%252Ftoken',
    'https://api.particle.io/oauth/%25%37%34oken',
    'https://api.particle.io/oauth%25252525252Ftoken',
    'https://api.particle.io/v1/%252e%252e/oauth/token',
    'https://api.particle.io/a%253F/%252e%252e/oauth/token',
    'https://api.particle.io/a%23/%252e%252e/oauth/token',
    'https://api.particle.io/oauth/token%253Bversion=1',
  ])('rejects the token endpoint: %j', (url) => {
    expect(isAllowedUrl(url, origins)).toBe(false)
  })

  it('rejects everything if no origin is allowed', () => {
    expect(isAllowedUrl('https://api.particle.io/v1/devices', [])).toBe(false)
  })
})

describe('isInvalidTokenError', () => {
  it.each([
    [{ error: 'invalid_token' }, true],
    [{ error: 'expired_token', error_description: 'The token is expired' }, true],
    [{ ok: false, error: 'Current password is incorrect' }, false],
    [{ error: 'INVALID_TOKEN' }, false],
    [{ error: ['invalid_token'] }, false],
    [{ errors: ['invalid_token'] }, false],
    ['invalid_token', false],
    ['{"error":"invalid_token"}', true],
    [' {"error":"expired_token","error_description":"x"}\n', true],
    ['{"error":"invalid_grant"}', false],
    ['[{"error":"invalid_token"}]', false],
    ['"invalid_token"', false],
    ['<html>invalid_token</html>', false],
    ['', false],
    [new TextEncoder().encode('{"error":"invalid_token"}'), true],
    [Buffer.from('{"error":"expired_token"}'), true],
    [new TextEncoder().encode('{"error":"sso_user"}'), false],
    [new Uint8Array([0xff, 0xfe]), false],
    [new Uint8Array(), false],
    [null, false],
    [undefined, false],
    [401, false],
    [[{ error: 'invalid_token' }], false],
  ])('judges %j: %s', (body, expected) => {
    expect(isInvalidTokenError(body)).toBe(expected)
  })
})

describe('isAllowedUrl, for a path that is encoded too often', () => {
  it('rejects it without decoding it to the end', () => {
    const url = `https://api.particle.io/v1/%${'25'.repeat(100_000)}41`
    expect(isAllowedUrl(url, origins)).toBe(false)
  })
})

describe('isRevocationConfirmed', () => {
  it.each([
    [204, '', true],
    [200, '{"ok":true}', true],
    [401, '{"error":"invalid_token"}', true],
    [401, '{"error":"expired_token"}', true],
    [200, '', false],
    [200, '{"ok":false}', false],
    [200, '{"ok":"true"}', false],
    [200, '<html>Sign in to this Wi-Fi</html>', false],
    [401, '<html>Proxy authentication</html>', false],
    [401, '{"ok":true}', false],
    [401, '{"error":"invalid_client"}', false],
    [403, '{"ok":true}', false],
    [502, '{"error":"invalid_token"}', false],
    [302, '', false],
  ])('judges %i %s: %s', (status, body, expected) => {
    expect(isRevocationConfirmed(httpResponse(status, body))).toBe(expected)
  })
})
