import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { leaksIn } from '@particle-grants/test-kit'
import { describe, expect, it } from 'vitest'
import { World } from '../test/cli.ts'
import { runInTerminal, terminals } from '../test/terminal.ts'

const device = '0123456789abcdef01234567'

/** Somebody who is signed in, and the token of it. */
async function signedIn() {
  const world = await World.open()
  await world.signIn()
  const { stdout } = await world.run(['auth', 'token'])
  return { world, token: stdout.trim() }
}

describe('api', () => {
  it('prints what the API answers, byte for byte', async () => {
    const { world, token } = await signedIn()
    const { code, stdout, stderr } = await world.run(['api', 'GET', '/v1/devices'])
    const response = await fetch(`${world.server.url}/v1/devices`, {
      headers: { Authorization: `Bearer ${token}` },
    })

    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toBe(await response.text())
  })

  it('prints status and headers with --include, as one document with --json', async () => {
    const { world } = await signedIn()
    const { stdout } = await world.run(['api', 'get', '/v1/user', '-i'])
    const { document } = await world.json(['api', 'GET', '/v1/user', '--include'])

    expect(stdout).toMatch(/^HTTP\/1\.1 200 OK\n(?:[a-z-]+: .*\n)+\n\{.*"username":"dev@example\.com"/)
    expect(document).toMatchObject({
      status: 200,
      headers: { 'content-type': expect.stringContaining('json') },
      body: { username: 'dev@example.com' },
    })
  })

  it('sends fields in the query of a GET, and as JSON otherwise', async () => {
    const { world } = await signedIn()
    await world.run(['api', 'GET', '/v1/devices?a=1', '-f', 'b=two words'])
    const { stdout } = await world.run([
      'api',
      'PUT',
      `/v1/devices/${device}`,
      '-f',
      'name=kitchen',
      '-f',
      'notes=a=b',
    ])

    expect(JSON.parse(stdout)).toMatchObject({ name: 'kitchen', notes: 'a=b' })
    expect(world.sandbox.requests().find(({ query }) => 'b' in query)?.query).toEqual(
      expect.objectContaining({ a: expect.anything(), b: expect.anything() }),
    )
  })

  it('sends a file, or stdin, as it is', async () => {
    const { world } = await signedIn()
    const file = join(world.home, 'body.json')
    writeFileSync(file, '{"arg":"from a file"}')
    const path = `/v1/devices/${device}/led`

    const [fromFile, fromStdin] = await Promise.all([
      world.run(['api', 'POST', path, '--input', file]),
      world.run(['api', 'POST', path, '--input', '-'], { stdin: '{"arg":"from stdin"}' }),
    ])
    expect(fromFile.stdout).toContain('from a file')
    expect(fromStdin.stdout).toContain('from stdin')
  })

  it.each([
    ['https://evil.example/v1/devices', /is an address/],
    ['//evil.example/v1/devices', /begins with \/\//],
    ['/\\evil.example', /backslash/],
    ['/\t/evil.example', /control character/],
    ['/v1/a b', /blank/],
    ['/v1/a#b', /#/],
    ['v1/devices', /does not begin with \//],
  ])('refuses %j as a path, and sends nothing', async (path, message) => {
    const { world } = await signedIn()
    const before = world.sandbox.requests().length
    const { code, stdout, stderr } = await world.run(['api', 'GET', path])

    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(message)
    expect(world.sandbox.requests()).toHaveLength(before)
  })

  it('judges a call before who is signed in', async () => {
    const world = await World.open()
    for (const path of ['//evil.example', 'https://evil.example/v1/devices'])
      expect((await world.run(['api', 'GET', path])).code).toBe(2)
    expect((await world.run(['api', 'GET', '/v1/devices'])).code).toBe(3)
  })

  it('stops waiting for a body that never ends', async () => {
    const { world } = await signedIn()
    const env = { PARTICLE_GRANTS_STDIN_TIMEOUT: '0.5' }
    const args = ['api', 'POST', '/v1/devices/x/led', '--input', '-']
    const { code, stderr } = await world.spawn(args, { stdin: { open: '{"arg":' }, env }).ended

    expect(code).toBe(2)
    expect(stderr).toMatch(/did not end within 1 s/)
  })

  it.each([
    [['api', 'FETCH', '/v1/user'], /no such method/],
    [['api', '/v1/user', 'GET'], /method comes before the path/],
    [['api', '/v1/user'], /api GET \/v1\/user/],
    [['api', 'GET'], /a method and a path are needed/i],
    [['api'], /api GET \/v1\/devices/],
    [['api', 'PUT', '/v1/user', '-f', 'PLANTED'], /key=value/],
    [['api', 'PUT', '/v1/user', '--input', '/nowhere/at/all'], /ENOENT/],
    [['api', 'PUT', '/v1/user', '--input', 'x', '-f', 'a=b'], /--input/],
    [['api', 'GET', '/v1/user', '--input', '-'], /A GET has no body/],
    [['api', 'PUT', '/v1/user', '-f', 'a=1', '-f', 'a=PLANTED'], /"a" is given more than once/],
  ])('refuses %j, and repeats no field', async (args, message) => {
    const { world } = await signedIn()
    const { code, stderr } = await world.run(args)

    expect(code).toBe(2)
    expect(stderr).toMatch(message)
    expect(leaksIn(stderr, ['PLANTED'])).toEqual([])
  })

  it.each([
    [404, { status: 404, body: { ok: false } }, 1],
    [401, { status: 401, body: { ok: false, error: 'Current password is incorrect' } }, 1],
    [429, { status: 429, body: { error: 'rate_limit_exceeded' } }, 5],
    [503, { status: 503, body: '<h1>Down</h1>' }, 6],
  ])('prints a %i as well, and says it by its exit code', async (status, fault, exitCode) => {
    const { world } = await signedIn()
    world.sandbox.failNext({ ...fault, match: { path: '/v1/devices' } })
    const { code, stdout, stderr } = await world.run(['api', 'GET', '/v1/devices'])

    expect(code).toBe(exitCode)
    expect(stdout).toBe(typeof fault.body === 'string' ? fault.body : JSON.stringify(fault.body))
    expect(stderr).toContain(`Particle answered ${status}.`)
  })

  it('ends with 3 where the token is refused, and where nobody is signed in', async () => {
    const { world } = await signedIn()
    world.sandbox.revoke({ username: 'dev@example.com' })

    expect((await world.run(['api', 'GET', '/v1/devices'])).code).toBe(3)
    expect((await world.run(['api', 'GET', '/v1/devices', '-p', 'nobody'])).code).toBe(3)
  })

  it('ends with 6 where nobody answers', async () => {
    const { world } = await signedIn()
    world.sandbox.failNext({ drop: true, times: 9 })
    const { code, stderr } = await world.run(['api', 'GET', '/v1/devices'])

    expect(code).toBe(6)
    expect(stderr).toMatch(/No answer/)
    await world.server.close()
    expect((await world.run(['api', 'GET', '/v1/devices'])).stderr).toContain('(ECONNREFUSED)')
  })

  it('never prints the token, should the API repeat it', async () => {
    const { world, token } = await signedIn()
    world.sandbox.failNext({
      status: 200,
      headers: { 'X-Echo': `Bearer ${token}` },
      body: { you_sent: token },
      match: { path: '/v1/devices' },
    })
    const { stdout } = await world.run(['api', 'GET', '/v1/devices', '--include'])

    expect(stdout).toContain('"you_sent":"[redacted]"')
    expect(leaksIn(stdout, [token])).toEqual([])
  })

  it.runIf(terminals)('sets JSON in lines in a terminal', async () => {
    const { world } = await signedIn()
    const terminal = runInTerminal(world, ['api', 'GET', '/v1/user'])

    expect((await terminal.ended).code).toBe(0)
    expect(terminal.screen()).toContain('{\n  "username": "dev@example.com",')
  })
})
