import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { findLeaks } from '@particle-grants/test-kit'
import { describeStress } from '@particle-grants/test-kit/levels'
import { describeWithService } from '@particle-grants/test-kit/services'
import { expect, it } from 'vitest'
import { developer, World, withMfa } from '../test/cli.ts'
import { openKeyring } from '../test/keyring.ts'
import { runInTerminal, terminals, tidy } from '../test/terminal.ts'

describeWithService('keyring', 'the TOTP secret in the keyring', () => {
  it('is set up without a terminal, and removed when MFA is disabled', async () => {
    const world = await World.open()
    const env = await openKeyring()
    await world.signIn()
    const enabled = await world.json(['auth', 'mfa', 'enable', '--keep-secret'], { env })
    expect(enabled).toEqual({
      code: 0,
      document: { account: developer.username, enabled: true, secretKept: true },
    })
    expect((await world.json(['auth', 'mfa', 'status'], { env })).document.secretKept).toBe(true)

    const off = await world.run(['auth', 'mfa', 'disable', '--password-stdin'], {
      env,
      stdin: developer.password,
    })
    expect(off.stdout).toContain('removed from the keyring')
    expect((await world.json(['auth', 'mfa', 'status'], { env })).document).toEqual({
      account: developer.username,
      enabled: false,
      secretKept: false,
    })
  })

  it.runIf(terminals)('is stored in a terminal once its code was accepted', async () => {
    const world = await World.open()
    const env = await openKeyring()
    await world.signIn()
    const terminal = runInTerminal(world, ['auth', 'mfa', 'enable', '--keep-secret'], { env, rows: 60 })
    await terminal.shows(/Enter the 6-digit code from your app:/)
    world.sandbox.failNext({ status: 200, body: { enrolled: true }, match: { method: 'POST' } })
    terminal.type('123456\r')

    expect(await terminal.ended).toEqual({ code: 0, ...tidy })
    expect(terminal.screen()).toContain('The TOTP secret is in the keyring')
    expect((await world.json(['auth', 'mfa', 'status'], { env })).document.secretKept).toBe(true)
  })
})

/** Signs in with a secret in the keyring, and then sets up the authenticator again without the CLI. */
async function withStaleKey() {
  const world = await World.open()
  const env = await openKeyring()
  await world.signIn()
  await world.run(['auth', 'mfa', 'enable', '--keep-secret'], { env })
  const token = (await world.run(['auth', 'token'])).stdout.trim()
  const call = async (method: string, path: string, body?: object) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
    const url = `${world.server.url}/v1/user/${path}`
    const answer = await fetch(url, { method, headers, ...(body && { body: JSON.stringify(body) }) })
    expect(answer.status).toBe(200)
    return (await answer.json()) as { mfa_token: string }
  }
  await call('PUT', 'mfa-disable', { current_password: developer.password })
  const { mfa_token } = await call('GET', 'mfa-enable')
  await call('POST', 'mfa-enable', { mfa_token, otp: world.sandbox.otp(developer.username) })
  // Past the codes that were used: by the sandbox each is good once.
  world.sandbox.clock.advance('1m')
  // The step of the set-up is used by then as well: no test waits for the next one.
  for (const name of readdirSync(world.sessions))
    if (/^[0-9a-f]{64}\.json$/.test(name)) rmSync(join(world.sessions, name))
  return { world, env }
}

describeWithService('keyring', 'an outdated TOTP secret in the keyring', () => {
  const login = ['auth', 'login', '--username', developer.username]

  it.runIf(terminals)('costs one attempt in a terminal, which says how to remove it', async () => {
    const { world, env } = await withStaleKey()
    const terminal = runInTerminal(world, login, { env })
    await terminal.shows('Password:')
    terminal.type(`${developer.password}\r`)
    await terminal.shows('rejected the code of the TOTP secret')
    await terminal.shows('2 attempts left')
    terminal.type(`${world.sandbox.otp(developer.username)}\r`)

    expect(await terminal.ended).toEqual({ code: 0, ...tidy })
    expect(terminal.screen()).toContain(`pgrants auth mfa forget --username ${developer.username}`)
    expect(sentCodes(world)).toEqual([401, 200])
  })

  it('is removed by auth mfa forget, even if the profile is not signed in', async () => {
    const { world, env } = await withStaleKey()
    await world.run(['auth', 'logout'])
    const forget = ['auth', 'mfa', 'forget', '--username', developer.username]
    const first = await world.json(forget, { env })
    expect(first).toEqual({ code: 0, document: { account: developer.username, forgotten: true } })
    expect((await world.json(forget, { env })).document.forgotten).toBe(false)
    const unknown = await world.run(['auth', 'mfa', 'forget'], { env })
    expect(unknown).toMatchObject({ code: 2, stderr: expect.stringContaining('--username') })
  })
})

// In real time: each test waits for a time step, half a minute at most.
describeStress('an unattended sign-in', () => {
  it('never sends the same code from two processes, and signs in both', async () => {
    const world = await World.open({ usesProcesses: true })
    const stdin = `${withMfa.password}\n${withMfa.totp}\n`
    const args = ['auth', 'login', '--username', withMfa.username, '--password-stdin', '--totp-stdin', '-p']
    const runs = await Promise.all(['one', 'two'].map((name) => world.run([...args, name], { stdin })))

    const told = runs.map(({ stderr }) => stderr).join('\n')
    expect(
      runs.map(({ code, stderr }) => [code, findLeaks(stderr, [withMfa.totp])]),
      told,
    ).toEqual([
      [0, []],
      [0, []],
    ])
    expect(sentCodes(world)).toEqual([200, 200])
  })

  describeWithService('keyring', 'with a TOTP secret in the keyring', () => {
    it('keeps the challenge if the secret is outdated, and prints how to remove it', async () => {
      const { world, env } = await withStaleKey()
      const args = ['auth', 'login', '--username', developer.username, '--password-stdin']
      const refused = await world.run(args, { env, stdin: developer.password })

      expect(refused.code).toBe(4)
      expect(refused.stderr).toContain(`auth mfa forget --username ${developer.username}`)
      expect(sentCodes(world)).toEqual([401, 401])
      const stdin = world.sandbox.otp(developer.username)
      expect((await world.run(['auth', 'login', '--otp-stdin'], { env, stdin })).code).toBe(0)
    })

    it('needs no person', async () => {
      const world = await World.open()
      const env = await openKeyring()
      await world.signIn()
      await world.run(['auth', 'mfa', 'enable', '--keep-secret'], { env })
      const args = ['auth', 'login', '--username', developer.username, '--password-stdin']
      const signedIn = await world.run(args, { env, stdin: developer.password })

      expect(signedIn.code, signedIn.stderr).toBe(0)
      expect(sentCodes(world)).toEqual([200])
    })
  })
})

/** How the codes that were sent were answered. */
function sentCodes(world: World): number[] {
  const codes = world.sandbox.requests().filter(({ grant_type }) => grant_type === 'urn:custom:mfa-otp')
  return codes.map(({ status }) => status)
}
