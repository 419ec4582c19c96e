import { createServer, type RequestListener } from 'node:http'
import { type AddressInfo, createServer as createSocketServer, type Server } from 'node:net'
import { findLeaks } from '@particle-grants/test-kit'
import { reportSkipped } from '@particle-grants/test-kit/levels'
import { describe, expect, it, onTestFinished } from 'vitest'
import { developer, jane, product, World, withMfa } from '../test/cli.ts'
import { insideName, makeCertificate, throughTls } from '../test/company.ts'
import { runInTerminal, terminals } from '../test/terminal.ts'

const token = 'd'.repeat(40)
const login = ['auth', 'login', '-u', developer.username, '--password-stdin']

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** A server that responds to everything in the same way, as the sign-in page of a hotel does. */
function openServer(respond: RequestListener): Promise<string> {
  const server = createServer(respond)
  onTestFinished(() => server.closeAllConnections())
  return listen(server)
}

/** A server that accepts connections and never responds. */
function openSilentServer(): Promise<string> {
  return listen(createSocketServer((socket) => void onTestFinished(() => void socket.destroy())))
}

describe('a server that is not Particle', () => {
  const calls = [
    [['auth', 'status', '--check']],
    [['auth', 'whoami']],
    [['auth', 'mfa', 'status']],
    [['auth', 'login', '--with-token', '-p', 'new']],
    [['api', '/v1/user']],
  ]

  it.each(calls)('is recognized by its web page: %j', async (args) => {
    const world = await World.open()
    const url = await openServer((_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<p>Hi'))
    const isLogin = args.includes('login')
    const env = { PARTICLE_GRANTS_BASE_URL: url, ...(isLogin ? {} : { PARTICLE_ACCESS_TOKEN: token }) }
    const { code, stdout, stderr } = await world.run(args, { stdin: token, env })

    expect([code, stdout]).toEqual([6, ''])
    expect(stderr).toContain(`${new URL(url).host} sent a response that is not from Particle`)
    expect(stderr).not.toContain('bug')
  })

  it.each([['{}'], ['[]'], ['']])('does not verify a token with the body %j', async (body) => {
    const world = await World.open()
    const url = await openServer((_, response) => response.end(body))
    const env = { PARTICLE_GRANTS_BASE_URL: url, PARTICLE_ACCESS_TOKEN: token }
    const { code, stdout } = await world.run(['auth', 'status', '--check'], { env })

    expect([code, stdout]).toEqual([6, ''])
  })
})

describe('a connection that fails', () => {
  const commands = [login, ['auth', 'status', '--check', '-p', 'default'], ['api', '/v1/devices', '-p', 'default']]

  it('names the time that it waited, which --timeout sets', async () => {
    const world = await World.open()
    await world.signIn()
    const env = { PARTICLE_GRANTS_BASE_URL: await openSilentServer(), PARTICLE_ACCESS_TOKEN: token }
    for (const args of [
      ['auth', 'status', '--check'],
      ['auth', 'whoami'],
      ['api', '/v1/devices'],
    ]) {
      const { code, stderr } = await world.run([...args, '--timeout', '0.2'], { env })
      expect([args, code]).toEqual([args, 6])
      expect(stderr).toMatch(
        /127\.0\.0\.1:\d+ did not respond within 0\.2 s\.\nCheck .*To wait longer, use --timeout\./,
      )
    }
    const given = [...login, '-p', 'new', '--timeout=0.2']
    const { stderr } = await world.run(given, { stdin: 'x', env })
    expect(stderr).toMatch(/did not respond within 0\.2 s\.\nCheck the base URL and the network\. To wait longer/)
  })

  it.each(['0', '-1', 'soon', '1e9'])('refuses --timeout %s', async (timeout) => {
    const world = await World.open()
    const { code, stderr } = await world.run(['auth', 'whoami', `--timeout=${timeout}`])
    expect(code).toBe(2)
    expect(stderr).toContain('--timeout must be a number of seconds')
  })

  it('names a port that fetch does not connect to', async () => {
    const world = await World.open()
    const env = { PARTICLE_GRANTS_BASE_URL: 'http://127.0.0.1:9', PARTICLE_ACCESS_TOKEN: token }
    const { stderr } = await world.run(['auth', 'whoami'], { env })
    expect(stderr).toContain('127.0.0.1:9 could not be reached (fetch does not connect to this port).')
  })

  it.each([
    [407, /The proxy refused the connection to \S+: it responded with 407\.\nIt needs a password: /],
    [502, /The proxy refused the connection to \S+: it responded with 502\.\nCheck the proxy 127\.0\.0\.1:\d+ /],
  ])('names the status %i of a proxy', async (status, message) => {
    const world = await World.open()
    await world.signIn()
    const server = createServer().on('connect', (_, socket) => socket.end(`HTTP/1.1 ${status} No\r\n\r\n`))
    const env = { HTTP_PROXY: await listen(server) }
    for (const args of commands) {
      const { code, stderr } = await world.run(args, { stdin: developer.password, env })
      expect([args, code]).toEqual([args, 6])
      expect(stderr).toMatch(message)
      expect(stderr.match(/Check /g)?.length ?? 0).toBeLessThanOrEqual(1)
    }
  })

  const certificate = makeCertificate()
  if (certificate === undefined) reportSkipped('untrusted certificates', 'there is no openssl here to make one')
  else
    it('says that a certificate is not trusted, and how to trust it', async () => {
      // Node reads NODE_EXTRA_CA_CERTS only at start-up.
      const world = await World.open({ usesProcesses: true })
      const port = await throughTls(world.server.url, certificate)
      const env = { PARTICLE_GRANTS_BASE_URL: `https://localhost:${port}`, PARTICLE_ACCESS_TOKEN: token }
      for (const args of [
        [...login, '-p', 'new'],
        ['auth', 'whoami'],
      ]) {
        const { code, stderr } = await world.run(args, { stdin: developer.password, env })
        expect([args, code]).toEqual([args, 6])
        expect(stderr).toContain(`The certificate of localhost:${port} is not trusted (DEPTH_ZERO_SELF_SIGNED_CERT).`)
        expect(stderr).toContain('For a company CA, set NODE_EXTRA_CA_CERTS to the file of its certificate.')
      }
      const trusting = { ...env, NODE_EXTRA_CA_CERTS: certificate.file }
      const { stderr } = await world.run(['auth', 'whoami'], { env: trusting })
      expect(stderr).toContain(`The certificate of localhost:${port} is for another host`)
      expect(insideName).not.toBe('localhost')
    })

  it.runIf(terminals)('ends with Ctrl-C, and says so', async () => {
    const world = await World.open()
    const env = { PARTICLE_GRANTS_BASE_URL: await openSilentServer(), PARTICLE_ACCESS_TOKEN: token }
    const terminal = runInTerminal(world, ['api', '/v1/devices'], { env })
    await terminal.shows('GET /v1/devices')
    terminal.press('ctrl-c')

    expect(await terminal.ended).toMatchObject({ code: 130, cursor: 'shown' })
    expect(terminal.screen()).toContain('Interrupted.')
  })
})

describe('requests and responses', () => {
  const env = { PARTICLE_GRANTS_DEBUG: 'api' }

  it('are printed on stderr with --verbose, as the server got them', async () => {
    const world = await World.open()
    await world.signIn()
    const { stdout, stderr } = await world.run(['api', '/v1/devices', '-X', 'POST', '-f', 'name=kitchen', '--verbose'])

    expect(JSON.parse(stdout)).toBeTypeOf('object')
    expect(stderr).toContain(`> POST ${world.server.url}/v1/devices\n`)
    expect(stderr).toMatch(/^> authorization: \[redacted\]$/m)
    expect(stderr).toContain('>   "name": "kitchen"\n')
    expect(stderr).toMatch(/^< \d{3} [\w ]+$/m)
    expect((await world.run(['api', '/v1/devices'])).stderr).toBe('')
  })

  it('contain no secret', async () => {
    const world = await World.open()
    const texts: string[] = []
    const run = async (args: readonly string[], stdin = '') => {
      const { stdout, stderr } = await world.run(args, { stdin, env })
      texts.push(stderr)
      return stdout
    }
    const wrong = 'a wrong p4ssw0rd & more'
    await run(login, wrong)
    const otp = world.sandbox.otp(withMfa.username)
    await run(['auth', 'login', '-u', withMfa.username, '--password-stdin'], withMfa.password)
    await run(['auth', 'login', '--otp-stdin'], otp)
    const byClient = ['auth', 'login', '--client-id', product.id, '--client-secret-stdin']
    await run([...byClient, '-p', 'shop'], product.secret)
    const customer = [...byClient, '-u', jane.username, '--password-stdin', '-p', 'jane']
    await run(customer, `${product.secret}\n${jane.password}`)
    await run(['auth', 'refresh', '-p', 'jane'])
    const tokens = await Promise.all(['default', 'shop', 'jane'].map((name) => run(['auth', 'token', '-p', name])))
    const planted = [wrong, otp, withMfa.password, product.secret, jane.password, ...tokens.map((one) => one.trim())]
    world.sandbox.failNext({ status: 200, body: `You sent ${tokens[0]}`, match: { path: '/v1/echo' } })
    await run(['api', '/v1/echo', '-p', 'default'])
    const call = [
      'api',
      '/v1/user?access_token=PLANTED1',
      '-f',
      'current_password=PLANTED2',
      '-H',
      'X-Api-Key: PLANTED3',
    ]
    await run([...call, '-p', 'default'])
    world.sandbox.failNext({ status: 200, body: { mfa_token: 'PLANTED4', secret: 'PLANTED5', qr_url: 'PLANTED6' } })
    await run(['api', '/v1/user/mfa-enable', '-p', 'default'])
    await run(['auth', 'logout', '--all'])

    const text = texts.join('')
    expect(text).toMatch(/> grant_type=password&username=\S+&password=\[redacted\]|> username=/)
    expect(text).toContain('"access_token": "[redacted]"')
    expect(text).toContain('"mfa_token": "[redacted]"')
    const more = ['PLANTED1', 'PLANTED2', 'PLANTED3', 'PLANTED4', 'PLANTED5', 'PLANTED6']
    expect(findLeaks(text, [...planted, ...more])).toEqual([])
    expect(findLeaks(text, ['p4ssw0rd', `${product.id}:${product.secret}`])).toEqual([])
  })
})
