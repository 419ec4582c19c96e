import { describe, expect, it } from 'vitest'
import { developer, jane, product, World, withMfa } from '../test/cli.ts'

describe('auth login without a terminal', () => {
  it('reads several secrets from stdin in the documented order', async () => {
    const world = await World.open()
    const help = (await world.run(['auth', 'login', '--help'])).stdout.replace(/\s+/g, ' ')
    const order = /in this order[^:]*: ([^.]+)\./.exec(help)?.[1]?.split(', ') ?? []
    const secrets: Record<string, string> = {
      '--otp-stdin': world.sandbox.otp(withMfa.username),
      '--password-stdin': withMfa.password,
    }
    const flags = Object.keys(secrets)
    expect(order).toEqual(expect.arrayContaining(flags))
    const stdin = order.flatMap((flag) => secrets[flag] ?? []).join('\n')
    const { code } = await world.run(['auth', 'login', '-u', withMfa.username, ...flags], { stdin })
    expect(code).toBe(0)
  })

  it('accepts a password on stdin with a Windows line end', async () => {
    const world = await World.open()
    const { code, stdout } = await world.run(['auth', 'login', '-u', developer.username, '--password-stdin'], {
      stdin: `\uFEFF${developer.password}\r\n`,
    })
    expect(code).toBe(0)
    expect(stdout).toContain(developer.username)
    expect((await world.run(['auth', 'token'])).stdout).toMatch(/^[0-9a-f]{40}\n$/)
  })

  it('reads one line of a stdin that stays open', async () => {
    const world = await World.open()
    const login = ['auth', 'login', '-u', developer.username, '--password-stdin']
    const { code } = await world.spawn(login, { stdin: { open: `${developer.password}\n` } }).ended
    expect(code).toBe(0)
  })

  it('fails if stdin stays open without a line', async () => {
    const world = await World.open()
    const { code, stderr } = await world.spawn(['auth', 'login', '-u', developer.username, '--password-stdin'], {
      stdin: { open: '' },
      env: { PARTICLE_GRANTS_STDIN_TIMEOUT: '0.2' },
    }).ended
    expect(code).toBe(2)
    expect(stderr).toContain('End the line, or close the input')
    expect(world.sandbox.requests()).toEqual([])
  })

  it('reads secrets from the environment', async () => {
    const world = await World.open()
    const env = { PARTICLE_GRANTS_USERNAME: developer.username, PARTICLE_GRANTS_PASSWORD: developer.password }
    expect((await world.run(['auth', 'login'], { env })).code).toBe(0)
  })

  it('names the flags if no credentials are given', async () => {
    const world = await World.open()
    const { code, stderr, stdout } = await world.run(['auth', 'login'])
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain('--password-stdin')
    expect(stderr).toContain('--with-token')
  })

  it('names the flag if only the password is missing', async () => {
    const world = await World.open()
    const { code, stderr } = await world.run(['auth', 'login', '-u', developer.username])
    expect(code).toBe(2)
    expect(stderr).toContain('--password-stdin')
  })

  it('reports a wrong password, and stores nothing', async () => {
    const world = await World.open()
    const { code, document } = await world.json(['auth', 'login', '-u', developer.username, '--password-stdin'], {
      stdin: 'wrong horse',
    })
    expect(code).toBe(1)
    expect(document.error).toMatchObject({
      code: 'invalid_credentials',
      exitCode: 1,
      details: { status: 400 },
    })
    expect((await world.json(['auth', 'list'])).document.profiles).toEqual([])
  })

  it('signs in as a product, whose token is refreshed automatically', async () => {
    const world = await World.open()
    const login = await world.json(['auth', 'login', '--client-id', product.id, '--client-secret-stdin'], {
      stdin: product.secret,
    })
    expect(login.document).toMatchObject({ subject: 'owner', account: null, renewedBy: 'client_credentials' })
    const before = (await world.run(['auth', 'token'])).stdout
    expect((await world.run(['auth', 'refresh'])).code).toBe(0)
    expect((await world.run(['auth', 'token'])).stdout).not.toBe(before)
  })

  it("signs in for a product's customer, without and with a password", async () => {
    const world = await World.open()
    const client = ['--client-id', product.id, '--client-secret-stdin']
    const asked = await world.json(['auth', 'login', ...client, '--customer', jane.username], {
      stdin: product.secret,
    })
    expect(asked.document).toMatchObject({
      subject: `customer:${jane.username}`,
      renewedBy: 'client_credentials',
    })
    const own = await world.json(['auth', 'login', ...client, '-u', jane.username, '--password-stdin'], {
      stdin: `${product.secret}\n${jane.password}\n`,
    })
    expect(own.document).toMatchObject({ subject: `customer:${jane.username}`, renewedBy: 'refresh_token' })
  })

  it('verifies an external token, and looks up its account and expiry', async () => {
    const world = await World.open()
    await world.signIn()
    const token = (await world.run(['auth', 'token'])).stdout
    const { code, document } = await world.json(['auth', 'login', '--with-token', '-p', 'other'], {
      stdin: `Bearer ${token}`,
    })
    expect(code).toBe(0)
    expect(document).toMatchObject({ account: developer.username, grant: 'external', renewedBy: null })
    expect(Date.parse(document.expiresAt)).toBeGreaterThan(Date.now())
  })

  it('rejects an invalid token before it stores anything', async () => {
    const world = await World.open()
    const { code, document } = await world.json(['auth', 'login', '--with-token'], { stdin: 'a'.repeat(40) })
    expect(code).toBe(3)
    expect(document.error.code).toBe('token_refused')
    expect((await world.json(['auth', 'list'])).document.profiles).toEqual([])
  })

  it('requests a lifetime', async () => {
    const world = await World.open()
    const hour = await world.json(
      ['auth', 'login', '-u', developer.username, '--password-stdin', '--expires-in', '1h'],
      {
        stdin: developer.password,
      },
    )
    expect(Date.parse(hour.document.expiresAt) - Date.now()).toBeLessThanOrEqual(3_600_000)
    const never = await world.json(
      ['auth', 'login', '-u', developer.username, '--password-stdin', '--expires-in', 'never'],
      {
        stdin: developer.password,
      },
    )
    expect(never.document).toMatchObject({ expiresAt: null, neverExpires: true })
  })

  it('rejects a sign-in that the environment would hide', async () => {
    const world = await World.open()
    const options = { stdin: developer.password, env: { PARTICLE_ACCESS_TOKEN: 'f'.repeat(40) } }
    const login = ['auth', 'login', '-u', developer.username, '--password-stdin']
    const { code, stderr } = await world.run(login, options)
    expect(code).toBe(2)
    expect(stderr).toContain('PARTICLE_ACCESS_TOKEN')
    const named = await world.run([...login, '--profile', 'work'], options)
    expect(named.code).toBe(0)
    expect(named.stderr).toContain('PARTICLE_ACCESS_TOKEN')
  })

  it.each([
    ['--expires-in', ['--expires-in', 'soon']],
    ['--expires-in', ['--expires-in', '0']],
    ['--customer', ['--customer', jane.username, '--otp-stdin']],
    ['--profile', ['--profile', '../x']],
  ])('rejects an invalid %s before anything is sent', async (_, args) => {
    const world = await World.open()
    const { code } = await world.run(['auth', 'login', ...args, '--client-id', 'particle'], {
      stdin: '123456',
    })
    expect(code).toBe(2)
    expect(world.sandbox.requests()).toEqual([])
  })
})
