import { describe, expect, it } from 'vitest'
import { GrantsError } from '../errors.ts'
import { allowInsecureRequests, parseBaseUrl, particleUrl } from './base-url.ts'

function outcome(given: string, allowInsecure = false): string {
  try {
    return parseBaseUrl(given, allowInsecure)
  } catch (thrown) {
    if (!GrantsError.isInstance(thrown)) throw thrown
    return thrown.code === 'invalid_argument' ? `${thrown.details.parameter} ${thrown.details.problem}` : thrown.code
  }
}

const relative = 'baseUrl must be an absolute URL, for example https://api.particle.io'
const scheme = 'baseUrl must start with https:// or http://'
const userInfo = 'baseUrl must not contain a user name or password'
const query = 'baseUrl must not contain a query or a fragment'
const insecure = 'insecure_base_url'

// biome-ignore format: one line per form, to be read as a table
const forms: readonly (readonly [given: string, becomes: string])[] = [
  ['https://api.particle.io', 'https://api.particle.io'],
  ['https://api.particle.io/', 'https://api.particle.io'],
  ['https://api.particle.io//', 'https://api.particle.io'],
  ['HTTPS://API.Particle.IO', 'https://api.particle.io'],
  ['https://api.particle.io:443', 'https://api.particle.io'],
  ['https://api.particle.io:8443/', 'https://api.particle.io:8443'],
  ['https://proxy.example.com/particle', 'https://proxy.example.com/particle'],
  ['https://proxy.example.com/particle/', 'https://proxy.example.com/particle'],
  ['https://proxy.example.com/a/../b/', 'https://proxy.example.com/b'],
  ['  https://api.particle.io  ', 'https://api.particle.io'],
  ['https://api.particle.io?', 'https://api.particle.io'],
  ['https://192.168.1.7', 'https://192.168.1.7'],

  ['http://localhost', 'http://localhost'],
  ['http://LOCALHOST:8765/', 'http://localhost:8765'],
  ['http://localhost:80', 'http://localhost'],
  ['http://cloud.localhost:8765', 'http://cloud.localhost:8765'],
  ['http://a.b.localhost', 'http://a.b.localhost'],
  ['http://127.0.0.1:8765', 'http://127.0.0.1:8765'],
  ['http://127.255.255.254/prefix/', 'http://127.255.255.254/prefix'],
  ['http://[::1]:8765', 'http://[::1]:8765'],
  ['http://[0:0:0:0:0:0:0:1]', 'http://[::1]'],
  ['http://127.1', 'http://127.0.0.1'],
  ['http://2130706433', 'http://127.0.0.1'],
  ['http://0x7f.0.0.1', 'http://127.0.0.1'],
  ['http://0177.0.0.1', 'http://127.0.0.1'],
  ['http://１２７.0.0.1', 'http://127.0.0.1'],

  ['http://api.particle.io', insecure],
  ['http://192.168.1.7', insecure],
  ['http://10.0.0.1', insecure],
  ['http://0.0.0.0:8765', insecure],
  ['http://0', insecure],
  ['http://126.255.255.255', insecure],
  ['http://2130706432.example.com', insecure],
  ['http://128.0.0.1', insecure],
  ['http://127.0.0.1.evil.com', insecure],
  ['http://localhost.evil.com', insecure],
  ['http://evil.com/localhost', insecure],
  ['http://evillocalhost', insecure],
  ['http://.localhost', insecure],
  ['http://localhost.', insecure],
  ['https://api.particle.io.', 'https://api.particle.io'],
  ['https://api.particle.io.:8443/x/', 'https://api.particle.io:8443/x'],
  ['http://[::2]', insecure],
  ['http://[::ffff:127.0.0.1]', insecure],
  ['http://[::]', insecure],

  ['https://user@api.particle.io', userInfo],
  ['https://user:password@api.particle.io', userInfo],
  ['https://:password@api.particle.io', userInfo],
  ['http://127.0.0.1@evil.com', userInfo],
  ['https://api.particle.io?x=1', query],
  ['https://api.particle.io/#top', query],
  ['ftp://api.particle.io', scheme],
  ['ws://localhost', scheme],
  ['file:///etc/passwd', scheme],
  ['javascript:alert(1)', scheme],
  ['localhost:8765', scheme],
  ['api.particle.io', relative],
  ['//api.particle.io', relative],
  ['/oauth/token', relative],
  ['', relative],
  ['https://', relative],
  ['http://127.0.0.256', relative],
  ['https://a b', relative],
]

describe('parseBaseUrl', () => {
  it.each(forms)('turns %s into %s', (given, becomes) => {
    expect(outcome(given)).toBe(becomes)
  })

  it('accepts plain HTTP to any machine if it is allowed', () => {
    expect(outcome('http://192.168.1.7/', true)).toBe('http://192.168.1.7')
    expect(outcome('http://user@192.168.1.7/', true)).toBe(userInfo)
  })

  it('names only the insecure origin, and no more of the URL', () => {
    expect(() => parseBaseUrl('http://evil.example/path-1234', false)).toThrow(
      expect.objectContaining({
        message:
          'http://evil.example is not HTTPS, so credentials would be readable on the way. Use https://, or [allowInsecureRequests] on a test network.',
        details: { origin: 'http://evil.example' },
      }),
    )
  })

  it('does not repeat a password', () => {
    expect(() => parseBaseUrl('https://user:p4ssw0rd@api.particle.io', false)).toThrow(
      expect.not.objectContaining({ message: expect.stringContaining('p4ssw0rd') }),
    )
  })

  it.each([undefined, null, 5, {}])('rejects %s, which JavaScript may pass', (given) => {
    expect(outcome(given as unknown as string)).toBe(relative)
  })

  it('accepts a URL object', () => {
    expect(outcome(new URL('http://localhost:1/') as unknown as string)).toBe('http://localhost:1')
  })

  it('takes time in proportion to the length of a run of slashes', () => {
    const url = `https://api.example/${'/'.repeat(300_000)}x`
    expect(outcome(url)).toBe(url)
  })

  it('accepts Particle’s own URL', () => {
    expect(outcome(particleUrl)).toBe(particleUrl)
  })
})

describe('allowInsecureRequests', () => {
  it('is the same symbol in another copy of this package', () => {
    expect(allowInsecureRequests).toBe(Symbol.for('@particle-grants/core/allowInsecureRequests'))
  })
})
