import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { findLeaks } from '@particle-grants/test-kit'
import { describe, expect, it } from 'vitest'
import { World } from '../test/cli.ts'
import { runInTerminal, terminals } from '../test/terminal.ts'

const device = '0123456789abcdef01234567'

/** Opens a world that is signed in. Returns its token, too. */
async function signedIn() {
  const world = await World.open()
  await world.signIn()
  const { stdout } = await world.run(['auth', 'token'])
  return { world, token: stdout.trim() }
}

describe('api', () => {
  it('sends a GET and prints the response, byte for byte', async () => {
    const { world, token } = await signedIn()
    const { code, stdout, stderr } = await world.run(['api', '/v1/devices'])
    const response = await fetch(`${world.server.url}/v1/devices`, {
      headers: { Authorization: `Bearer ${token}` },
    })

    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toBe(await response.text())
  })

  it('prints status and headers with --include, as one document with --json', async () => {
    const { world } = await signedIn()
    const { stdout } = await world.run(['api', '/v1/user', '-i'])
    const { document } = await world.json(['api', '/v1/user', '--include'])

    expect(stdout).toMatch(/^HTTP\/1\.1 200 OK\n(?:[a-z-]+: .*\n)+\n\{.*"username":"dev@example\.com"/)
    expect(document).toMatchObject({
      status: 200,
      headers: { 'content-type': expect.stringContaining('json') },
      body: { username: 'dev@example.com' },
    })
  })

  it('sends fields in the query with -X GET, and as JSON otherwise', async () => {
    const { world } = await signedIn()
    await world.run(['api', '-X', 'GET', '/v1/devices?a=1', '-f', 'b=two words'])
    const call = ['api', '-X', 'PUT', `/v1/devices/${device}`, '-f', 'name=kitchen', '-f', 'notes=a=b']
    const { stdout } = await world.run(call)

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
      world.run(['api', path, '--input', file]),
      world.run(['api', path, '--input', '-'], { stdin: '{"arg":"from stdin"}' }),
    ])
    expect(fromFile.stdout).toContain('from a file')
    expect(fromStdin.stdout).toContain('from stdin')
  })

  it.each([
    ['https://evil.example/v1/devices'],
    ['http://api.particle.io/v1/devices'],
    ['//evil.example/v1/devices'],
    ['/\\evil.example'],
    ['\\\\evil.example'],
    ['/\t/evil.example'],
    ['C:/Program Files/Git/v1/devices'],
    ['http://['],
    [''],
  ])('refuses %j as a path, and sends nothing', async (path) => {
    const { world } = await signedIn()
    const before = world.sandbox.requests().length
    const { code, stdout, stderr } = await world.run(['api', path])

    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(/Pass a path of the API, or a URL that starts with http.*\n.*Example: \/v1\/devices/)
    expect(world.sandbox.requests()).toHaveLength(before)
  })

  it('reports a mistake before a missing sign-in', async () => {
    const world = await World.open()
    for (const path of ['//evil.example', 'https://evil.example/v1/devices'])
      expect((await world.run(['api', path])).code).toBe(2)
    expect((await world.run(['api', '/v1/devices'])).code).toBe(3)
  })

  it('stops waiting for a body that never ends', async () => {
    const { world } = await signedIn()
    const env = { PARTICLE_GRANTS_STDIN_TIMEOUT: '0.5' }
    const args = ['api', '/v1/devices/x/led', '--input', '-']
    const { code, stderr } = await world.spawn(args, { stdin: { open: '{"arg":' }, env }).ended

    expect(code).toBe(2)
    expect(stderr).toMatch(/did not end within 1 s/)
  })

  it.each([
    [['api', '-X', 'FETCH', '/v1/user'], /--method must be one of: GET, HEAD, POST, PUT, PATCH, DELETE\./],
    [['api', 'GET', '/v1/user'], /Write a method with -X/],
    [['api'], /Missing argument PATH\.\nExample:\n {2}pgrants api \/v1\/devices/],
    [['api', '/v1/a#b'], /Error: In a path, write %23 for #\./],
    [['api', '-X', 'PUT', '/v1/user', '-f', 'PLANTED'], /key=value/],
    [['api', '-X', 'PUT', '/v1/user', '--input', '/nowhere/at/all'], /There is no file \/nowhere\/at\/all\./],
    [['api', '/v1/user', '-F', 'name=@nowhere.json'], /There is no file nowhere\.json\./],
    [['api', '/v1/user', '-F', 'name=@PLANTED'], /There is no such input file/],
    [['api', '-X', 'GET', '/v1/user', '--input', '-'], /A GET request has no body/],
    [['api', '/v1/user', '--input', '-', '-F', 'a=@-'], /only once/],
    [['api', '/v1/user', '-f', 'a=1', '-F', 'a=PLANTED'], /"a" is given more than once/],
    [['api', '/v1/user', '-f', 'a=1', '-f', 'a[]=PLANTED'], /"a\[\]" is given .*as two different types/],
    [['api', '/v1/user', '-f', 'a[b=PLANTED'], /A field is named like/],
    [['api', '/v1/user', '-H', 'PLANTED'], /"Name: value"/],
    [['api', '/v1/user', '-H', 'a b: PLANTED'], /"Name: value"/],
    [['api', '/v1/user', '-H', 'a: PLANTED\u{1f600}'], /"Name: value"/],
    [['api', '/v1/user', '-f', 'a=1', '-f', 'a[b]=PLANTED'], /as two different types/],
    [['api', '/v1/user', '-f', 'a[b]=1', '-f', 'a[]=PLANTED'], /as two different types/],
    [['api', '/v1/user', '-H', 'authorization: PLANTED'], /the token is sent automatically/],
    [['api', '/v1/user', '-f', 'a=1', '--paginate'], /Add -X GET/],
    [['api', '/v1/user', '--jq', '.['], /--jq filter is invalid: syntax error/],
    [['api', '/v1/user', '--jq', '.', '--silent'], /--silent/],
  ])('refuses %j, and repeats no value', async (args, message) => {
    const { world } = await signedIn()
    const before = world.sandbox.requests().length
    const { code, stdout, stderr } = await world.run(args)

    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(message)
    expect(findLeaks(stderr, ['PLANTED'])).toEqual([])
    expect(world.sandbox.requests()).toHaveLength(before)
  })

  it.each([
    ['HTTP 404 Not Found', { status: 404, body: { ok: false } }, 1],
    ['HTTP 404 Not Found (No such device)', { status: 404, body: { error_description: 'No such device' } }, 1],
    [
      'HTTP 401 Unauthorized (Current password is incorrect)',
      { status: 401, body: { ok: false, error: 'Current password is incorrect' } },
      1,
    ],
    ['HTTP 429 Too Many Requests (rate_limit_exceeded)', { status: 429, body: { error: 'rate_limit_exceeded' } }, 5],
    ['HTTP 503 Service Unavailable', { status: 503, body: 'Down' }, 6],
  ])(
    'prints the body of %s with a newline, the status on stderr, and sets the exit code',
    async (status, fault, exitCode) => {
      const { world } = await signedIn()
      world.sandbox.failNext({ ...fault, match: { path: '/v1/devices' } })
      const { code, stdout, stderr } = await world.run(['api', '/v1/devices'])

      expect(code).toBe(exitCode)
      expect(stdout).toBe(`${typeof fault.body === 'string' ? fault.body : JSON.stringify(fault.body)}\n`)
      expect(stderr).toBe(`Error: GET /v1/devices: ${status}\n`)
    },
  )

  it('ends with 3 if the token is invalid, and if you are not signed in', async () => {
    const { world } = await signedIn()
    world.sandbox.revoke({ username: 'dev@example.com' })

    expect((await world.run(['api', '/v1/devices'])).code).toBe(3)
    expect((await world.run(['api', '/v1/devices', '-p', 'other'])).code).toBe(3)
  })

  it('ends with 6 if there is no answer', async () => {
    const { world } = await signedIn()
    world.sandbox.failNext({ drop: true, times: 9 })
    const { code, stderr } = await world.run(['api', '/v1/devices'])

    expect(code).toBe(6)
    expect(stderr).toMatch(/could not be reached/)
    await world.server.close()
    expect((await world.run(['api', '/v1/devices'])).stderr).toContain('(ECONNREFUSED)')
  })

  it('sends typed and nested fields as JSON, and headers', async () => {
    const { world } = await signedIn()
    const file = join(world.home, 'text.txt')
    writeFileSync(file, 'from a file')
    const fields = ['on=true', 'off=null', 'size=1.5', 'id=12345678901234567890', 'text=@text.txt', 'stdin=@-']
    const nested = ['a[b][c]=1', 'a[b][d]=2', 'list[]=x', 'list[]=true', '__proto__=y']
    const args = [...fields.flatMap((one) => ['-F', one]), ...nested.flatMap((one) => ['-f', one])]
    const call = ['api', `/v1/devices/${device}/led`, ...args, '-H', 'Content-Type: application/json; charset=utf-8']
    const { stdout } = await world.run(call, { stdin: 'from stdin' })

    expect(JSON.parse(stdout).received).toEqual({
      on: true,
      off: null,
      size: 1.5,
      id: '12345678901234567890',
      text: 'from a file',
      stdin: 'from stdin',
      a: { b: { c: '1', d: '2' } },
      list: ['x', 'true'],
      ['__proto__']: 'y',
    })
  })

  it('accepts a path without a slash, with a URL in its query, or with a space', async () => {
    const { world } = await signedIn()
    expect((await world.run(['api', 'v1/devices'])).code).toBe(0)
    expect((await world.run(['api', '/v1/devices?callback=https://evil.example'])).code).toBe(0)
    await world.run(['api', '/v1/devices/a b'])
    expect(world.sandbox.requests().at(-1)?.path).toBe('/v1/devices/a%20b')
  })

  it('requests all pages with --paginate, and stops at a page that fails', async () => {
    const { world } = await signedIn()
    const path = '/v1/products/1234/devices'
    const addPages = (count: number) => {
      for (let page = 1; page <= count; page += 1) {
        const body = { devices: [{ name: `device ${page}` }], meta: { page, per_page: 1, total_pages: 3 } }
        world.sandbox.failNext({ status: 200, body, match: { path } })
      }
    }
    const args = ['api', `${path}?per_page=1`, '--paginate']
    addPages(3)
    const all = await world.run([...args, '--jq', '.devices[].name'])
    addPages(2)
    world.sandbox.failNext({ status: 500, body: 'down', match: { path } })
    const failed = await world.run(args)
    addPages(3)
    const { document } = await world.json(args)

    expect(all).toEqual({ code: 0, stdout: 'device 1\ndevice 2\ndevice 3\n', stderr: '' })
    expect(failed).toMatchObject({ code: 6, stderr: `Error: GET ${path}: HTTP 500 Internal Server Error\n` })
    expect(failed.stdout.split('\n')).toHaveLength(4)
    expect(document).toHaveLength(3)
    const queries = world.sandbox.requests().filter((request) => request.path === path)
    expect(queries.map(({ query }) => Object.keys(query))).toEqual(
      [1, 2, 3, 1, 2, 3, 1, 2, 3].map((page) => (page === 1 ? ['per_page'] : ['per_page', 'page'])),
    )
  })

  it('filters with jq, which sees no environment', async () => {
    const { world } = await signedIn()
    const run = (filter: string) => world.run(['api', '/v1/devices', '--jq', filter], { env: { PLANTED: 'secret' } })

    expect(await run('.[].name')).toEqual({ code: 0, stdout: 'garden\ncellar\n', stderr: '' })
    expect((await run('map({name})')).stdout).toBe('[{"name":"garden"},{"name":"cellar"}]\n')
    expect((await run('env, $ENV, env.PLANTED')).stdout).toBe('{}\n{}\nnull\n')
    expect(await run('.[].name.x')).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining('Cannot index'),
    })
    const failed = await world.run(['api', '/v1/nothing-there', '--jq', '.x'])
    expect(failed).toMatchObject({ code: 1, stderr: 'Error: GET /v1/nothing-there: HTTP 404 Not Found (Not found)\n' })
    expect(failed.stdout).toContain('error')
  })

  it('prints the headers before the filtered body with --include and --jq', async () => {
    const { world } = await signedIn()
    const { stdout } = await world.run(['api', '/v1/user', '--include', '--jq', '.username'])
    expect(stdout).toMatch(/^HTTP\/1\.1 200 OK\n(?:[a-z-]+: .*\n)+\ndev@example\.com\n$/)
  })

  it('prints nothing of the body with --silent', async () => {
    const { world } = await signedIn()
    expect(await world.run(['api', '/v1/devices', '--silent'])).toEqual({ code: 0, stdout: '', stderr: '' })
    const { stdout } = await world.run(['api', '/v1/devices', '--silent', '--include'])
    expect(stdout).toMatch(/^HTTP\/1\.1 200 OK\n(?:[a-z-]+: .*\n)+\n$/)
  })

  it('never prints the token, even if the API repeats it', async () => {
    const { world, token } = await signedIn()
    world.sandbox.failNext({
      status: 200,
      headers: { 'X-Echo': `Bearer ${token}` },
      body: { you_sent: token },
      match: { path: '/v1/devices' },
    })
    const { stdout } = await world.run(['api', '/v1/devices', '--include'])

    expect(stdout).toContain('"you_sent":"[redacted]"')
    expect(findLeaks(stdout, [token])).toEqual([])
  })

  it('indents JSON in a terminal', async () => {
    const { world } = await signedIn()
    const terminal = world.terminal(['api', '/v1/user'])

    expect((await terminal.ended).code).toBe(0)
    expect(terminal.screen()).toContain('{\n  "username": "dev@example.com",')
  })

  it('accepts a full URL of the server that is signed in to', async () => {
    const { world } = await signedIn()
    const { code, stdout } = await world.run(['api', `${world.server.url}/v1/devices?x=1`, '--jq', '.[0].name'])
    const other = await world.run(['api', `${world.server.url.replace('//', '//user:pw@')}/v1/devices`])

    expect([code, stdout]).toEqual([0, 'garden\n'])
    expect(world.sandbox.requests().at(-1)).toMatchObject({ path: '/v1/devices', query: { x: expect.anything() } })
    expect(other.code).toBe(2)
  })

  it('prints when to try again after a 429', async () => {
    const { world } = await signedIn()
    const fault = { status: 429, headers: { 'Retry-After': '42' }, body: {}, match: { path: '/v1/devices' } }
    world.sandbox.failNext(fault)
    const { code, stderr } = await world.run(['api', '/v1/devices'])

    expect(code).toBe(5)
    expect(stderr).toContain('HTTP 429 Too Many Requests\nTry again in 42 s (Retry-After).\n')
  })

  it('sends fields and own headers to no server that a redirect names', async () => {
    const { world } = await signedIn()
    const other = await World.open()
    const headers = { Location: `${other.server.url}/v1/devices` }
    for (const args of [
      ['-X', 'PUT', '-f', 'secret=1'],
      ['-H', 'X-Api-Key: mine'],
    ]) {
      world.sandbox.failNext({ status: 307, headers, body: {}, match: { path: '/v1/devices' } })
      const { code, stderr } = await world.run(['api', '/v1/devices', ...args])
      expect(code).toBe(1)
      expect(stderr).toContain(`HTTP 307 Temporary Redirect\nIt was not sent on to ${other.server.url}/v1/devices.`)
    }
    expect(other.sandbox.requests()).toEqual([])
  })

  it('exits with 6 and prints nothing of a web page', async () => {
    const { world } = await signedIn()
    for (const [status, body] of [
      [200, '<html>\x1b[31mSign in to this network'],
      [404, '<!DOCTYPE html><p>Not here'],
    ] as const) {
      world.sandbox.failNext({ status, body, match: { path: '/v1/devices' } })
      const { code, stdout, stderr } = await world.run(['api', '/v1/devices'])
      expect([code, stdout]).toEqual([6, ''])
      expect(stderr).toMatch(/127\.0\.0\.1:\d+ sent a response that is not from Particle: a web page, with status/)
    }
  })
})

// A cursor command, a clear screen, OSC 52, a C1 control, and text that runs from right to left.
const hostile = 'n\x1b[31m0\x1b]52;c;eA==\x07\x9b2J\u202e!\ttab'
const shown = 'n\\u001B[31m0\\u001B]52;c;eA==\\u0007\\u009B2J\\u202E!'

describe('control characters in a response', () => {
  async function openHostile() {
    const { world } = await signedIn()
    const fault = { status: 200, headers: { 'X-Name': 'a\x9b2Jb' }, body: [{ name: hostile }] }
    world.sandbox.failNext({ ...fault, match: { path: '/v1/devices' }, times: 9 })
    world.sandbox.failNext({ status: 200, body: `text ${hostile}`, match: { path: '/v1/text' }, times: 9 })
    return world
  }

  it.runIf(terminals).each([
    [['api', '/v1/devices', '--jq', '.[0].name'], shown],
    [['api', '/v1/devices'], '"n\\u001b[31m0\\u001b]52;c;eA==\\u0007\\u009B2J\\u202E!\\ttab"'],
    [['api', '/v1/devices', '--json'], '"n\\u001b[31m0\\u001b]52;c;eA==\\u0007\\u009B2J\\u202E!\\ttab"'],
    [['api', '/v1/text'], `text ${shown}`],
    [['api', '/v1/devices', '-i'], '\\u009B2Jb'],
  ])('are escaped in a terminal: %j', async (args, expected) => {
    const world = await openHostile()
    const terminal = runInTerminal(world, args, { env: { NO_COLOR: '1' } })

    expect((await terminal.ended).code).toBe(0)
    expect(terminal.output()).toContain(expected)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what must be missing
    expect(terminal.output()).not.toMatch(/\x1b\[31m|\x1b\]52|[\x07\x9b\u202e]/)
  })

  it('remain as they are in a pipe', async () => {
    const world = await openHostile()
    expect((await world.run(['api', '/v1/devices', '--jq', '.[0].name'])).stdout).toBe(`${hostile}\n`)
    expect((await world.run(['api', '/v1/text'])).stdout).toBe(`text ${hostile}`)
  })

  it('are no colors: JSON has its own in a terminal', async () => {
    const { world } = await signedIn()
    const colored = world.terminal(['api', '/v1/user'])
    await colored.ended
    const plain = world.terminal(['api', '/v1/user'], { env: { NO_COLOR: '1' } })
    await plain.ended

    expect(colored.output()).toContain('\x1b[34m"username"\x1b[39m: \x1b[32m"dev@example.com"\x1b[39m,')
    expect(plain.screen()).toBe(colored.screen())
  })
})
