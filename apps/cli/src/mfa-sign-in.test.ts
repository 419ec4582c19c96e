import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { developer, product, World, withMfa } from '../test/cli.ts'

const login = ['auth', 'login', '-u', withMfa.username, '--password-stdin']

async function challenged(world: World, args: readonly string[] = []) {
  const run = await world.run([...login, ...args], { stdin: withMfa.password })
  expect(run.code).toBe(4)
  return run
}

/** Codes that are none of the ones around now. */
function wrongCodes(world: World): string[] {
  const right = world.sandbox.otp(withMfa.username)
  return ['000000', '000001', '000002', '000003'].filter((code) => code !== right)
}

describe('auth login with two-step authentication', () => {
  it('exits with 4 and prints the next command, which completes the sign-in', async () => {
    const world = await World.open()
    const { stdout, stderr } = await challenged(world)
    expect(stdout).toBe('')
    expect(stderr).toContain('pgrants auth login --otp-stdin')
    const waiting = await world.json(['auth', 'status'])
    expect(waiting).toMatchObject({ code: 4, document: { status: 'mfa_required', waitsForCode: true } })
    expect((await world.run(['auth', 'token'])).code).toBe(4)

    const code = `${world.sandbox.otp(withMfa.username)}\r\n`
    const { document } = await world.json(['auth', 'login', '--otp-stdin'], { stdin: code })
    expect(document).toMatchObject({ account: withMfa.username, grant: 'urn:custom:mfa-otp' })
    expect((await world.run(['auth', 'token'])).code).toBe(0)
    expect(world.sandbox.requests().map(({ grant_type }) => grant_type)).toEqual(['password', 'urn:custom:mfa-otp'])
  })

  it('accepts password and code in one call', async () => {
    const world = await World.open()
    const stdin = `${withMfa.password}\n${world.sandbox.otp(withMfa.username)}\n`
    expect((await world.run([...login, '--otp-stdin'], { stdin })).code).toBe(0)
  })

  it('prints the attempts left after a wrong code, and then accepts the correct one', async () => {
    const world = await World.open()
    await challenged(world)
    const refused = await world.json(['auth', 'login', '--otp-stdin'], { stdin: wrongCodes(world)[0] ?? '' })
    expect(refused).toMatchObject({
      code: 4,
      document: { error: { code: 'invalid_code', details: { attemptsLeft: 2 } } },
    })
    const right = await world.run(['auth', 'login', '--otp-stdin'], {
      stdin: world.sandbox.otp(withMfa.username),
    })
    expect(right.code).toBe(0)
  })

  it('counts attempts over several calls, and requires a new sign-in after the third', async () => {
    const world = await World.open()
    await challenged(world)
    for (const [index, expected] of [4, 4, 3].entries()) {
      const stdin = wrongCodes(world)[index] ?? ''
      const { code } = await world.run(['auth', 'login', '--otp-stdin'], { stdin })
      expect(code).toBe(expected)
    }
    const sent = world.sandbox.requests().length
    const late = await world.run(['auth', 'login', '--otp-stdin'], {
      stdin: world.sandbox.otp(withMfa.username),
    })
    expect(late.code).toBe(3)
    expect(world.sandbox.requests()).toHaveLength(sent)
    expect((await world.json(['auth', 'list'])).document.profiles).toEqual([])
  })

  it('rejects a code if no sign-in waits for one', async () => {
    const world = await World.open()
    const { code, document } = await world.json(['auth', 'login', '--otp-stdin'], { stdin: '123456' })
    expect({ code, error: document.error.code }).toEqual({ code: 3, error: 'no_challenge' })
  })

  it('says that a code is no MFA code, in the words of this program', async () => {
    const world = await World.open()
    await challenged(world)
    const { code, stderr } = await world.run(['auth', 'login', '--otp-stdin'], { stdin: 'abc' })
    expect(code).toBe(2)
    expect(stderr).toContain('The MFA code must be')
  })

  it('accepts a recovery code', async () => {
    const world = await World.open()
    await challenged(world)
    const { code } = await world.run(['auth', 'login', '--recovery-code-stdin'], { stdin: 'a1b2-c3d4-e5f6' })
    expect(code).toBe(0)
  })

  it('generates the code from a TOTP secret on stdin', async () => {
    const world = await World.open()
    const stdin = `${withMfa.password}\n${withMfa.totp}\n`
    const { document } = await world.json([...login, '--totp-stdin'], { stdin })
    expect(document).toMatchObject({ account: withMfa.username, grant: 'urn:custom:mfa-otp' })
  })

  it('keeps the current sign-in while another one waits for its code', async () => {
    const world = await World.open()
    await world.signIn()
    await challenged(world, ['-p', 'default'])
    expect((await world.run(['auth', 'whoami'])).stdout).toBe(`${developer.username}\n`)
    await world.run(['auth', 'login', '--otp-stdin'], { stdin: world.sandbox.otp(withMfa.username) })
    expect((await world.run(['auth', 'whoami'])).stdout).toBe(`${withMfa.username}\n`)
  })

  it('removes an abandoned challenge and a replaced sign-in from the store', async () => {
    const world = await World.open()
    await challenged(world)
    await world.signIn()
    expect(world.filesWithSecrets()).toHaveLength(1)
    const shop = ['auth', 'login', '-p', 'default', '--client-id', product.id, '--client-secret-stdin']
    const { stderr } = await world.run(shop, { stdin: product.secret })
    expect(stderr).toContain(`Replaced the sign-in of ${developer.username}, and revoked its token.`)
    expect(world.filesWithSecrets()).toHaveLength(2)
    await world.signIn(['-p', 'default'])
    expect(world.filesWithSecrets()).toHaveLength(1)
  })

  it("replaces another account's sign-in only if its profile is named", async () => {
    const world = await World.open()
    await world.signIn()
    const sent = world.sandbox.requests().length
    const { code, stderr } = await world.run(login, { stdin: withMfa.password })
    expect(code).toBe(2)
    expect(stderr).toContain(`Profile default is signed in as ${developer.username}.`)
    const printed = `pgrants auth login --username ${withMfa.username} --password-stdin --profile ${withMfa.username}`
    expect(stderr).toContain(`${printed} --base-url ${world.server.url}`)
    expect(world.sandbox.requests()).toHaveLength(sent)
    await challenged(world, ['--profile', withMfa.username])
    expect((await world.run(['auth', 'whoami'])).stdout).toBe(`${developer.username}\n`)
    expect((await world.signIn()).code).toBe(0)
  })

  it("does not replace another account's sign-in by its token", async () => {
    const world = await World.open()
    await world.signIn(['-p', 'one'])
    const token = (await world.run(['auth', 'token'])).stdout
    await challenged(world, ['-p', 'two'])
    await world.run(['auth', 'login', '--otp-stdin', '-p', 'two'], { stdin: world.sandbox.otp(withMfa.username) })
    const { code, stderr } = await world.run(['auth', 'login', '--with-token'], { stdin: token })
    expect(code).toBe(2)
    expect(stderr).toContain(`Profile two is signed in as ${withMfa.username}.`)
  })

  it('includes the profile in the next command', async () => {
    const world = await World.open()
    const { stderr } = await challenged(world, ['-p', 'work'])
    expect(stderr).toContain('--otp-stdin --profile work')
  })

  it('stores the challenge, but no password', async () => {
    const world = await World.open()
    await challenged(world)
    const profiles = readFileSync(join(world.sessions, 'profiles.json'), 'utf8')
    expect(profiles).not.toContain(withMfa.password)
    expect(profiles).toContain(withMfa.username)
  })

  it('prints the attempts left after a rejected recovery code', async () => {
    const world = await World.open()
    await challenged(world)
    const args = ['auth', 'login', '--recovery-code-stdin']
    const { code, stderr } = await world.run(args, { stdin: 'nothing-of-mine' })
    expect(code).toBe(4)
    expect(stderr).toContain('Particle rejected the code; 2 attempts left.')
  })

  it('requests the lifetime in the second step, too', async () => {
    const world = await World.open()
    await challenged(world, ['--expires-in', 'never'])
    const { stdout, stderr } = await world.run(['auth', 'login', '--otp-stdin'], {
      stdin: world.sandbox.otp(withMfa.username),
    })
    const [first, second] = world.sandbox.requests()
    expect([first?.form.expires_in, second?.form.expires_in]).toEqual(['0', '0'])
    expect(stdout).toContain('- Expires: never')
    expect(stderr).not.toContain('Requested a token')
  })

  it('warns if the server shortened the lifetime', async () => {
    const world = await World.open()
    await challenged(world, ['--expires-in', 'never'])
    world.sandbox.failNext({
      status: 200,
      body: { token_type: 'bearer', access_token: 'a'.repeat(40), expires_in: 3600 },
    })
    const { code, stdout, stderr } = await world.run(['auth', 'login', '--otp-stdin'], {
      stdin: world.sandbox.otp(withMfa.username),
    })
    expect(code).toBe(0)
    expect(stderr).toContain('Requested a token that never expires; Particle returned one that expires after 1 hour.')
    expect(stdout).toMatch(/Expires: .*in 1 hour/)
  })
})
