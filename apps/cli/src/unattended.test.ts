import { leaksIn } from '@particle-grants/test-kit'
import { expect, it } from 'vitest'
import { developer, World, withMfa } from '../test/cli.ts'
import { describeWithKeyring, openKeyring } from '../test/keyring.ts'
import { describeLong } from '../test/long.ts'
import { runInTerminal, terminals, tidy } from '../test/terminal.ts'

describeWithKeyring('codes from the keyring', () => {
  it('are set up without a terminal, and forgotten when MFA is switched off', async () => {
    const world = await World.open()
    const env = await openKeyring()
    await world.signIn()
    const enabled = await world.json(['auth', 'mfa', 'enable', '--keep-secret'], { env })
    expect(enabled).toEqual({
      code: 0,
      document: { account: developer.username, enabled: true, secretKept: true, signedIn: true },
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

  it.runIf(terminals)('are offered after the set-up in a terminal, and not kept unasked', async () => {
    const world = await World.open()
    const env = await openKeyring()
    await world.signIn()
    const terminal = runInTerminal(world, ['auth', 'mfa', 'enable'], { env, rows: 60 })
    await terminal.shows(/Six digits that it shows now:/)
    world.sandbox.failNext({ status: 200, body: { enrolled: true }, match: { method: 'POST' } })
    terminal.type('123456\r')
    await terminal.shows(/find their codes by themselves\?/)
    terminal.press('enter')

    expect(await terminal.ended).toEqual({ code: 0, ...tidy })
    expect((await world.json(['auth', 'mfa', 'status'], { env })).document.secretKept).toBe(false)
  })

  it.runIf(terminals)('are not kept on Ctrl-C, when MFA is on already', async () => {
    const world = await World.open()
    const env = await openKeyring()
    await world.signIn()
    const terminal = runInTerminal(world, ['auth', 'mfa', 'enable'], { env, rows: 60 })
    await terminal.shows(/Six digits that it shows now:/)
    world.sandbox.failNext({ status: 200, body: { enrolled: true }, match: { method: 'POST' } })
    terminal.type('123456\r')
    await terminal.shows(/find their codes by themselves\?/)
    terminal.press('ctrl-c')

    expect(await terminal.ended).toEqual({ code: 130, ...tidy })
    expect(terminal.screen()).toContain('Two-step authentication is on for dev@example.com.')
    expect((await world.json(['auth', 'mfa', 'status'], { env })).document.secretKept).toBe(false)
  })

  it.runIf(terminals)('are kept where that is chosen', async () => {
    const world = await World.open()
    const env = await openKeyring()
    await world.signIn()
    const terminal = runInTerminal(world, ['auth', 'mfa', 'enable'], { env, rows: 60 })
    await terminal.shows(/Six digits that it shows now:/)
    world.sandbox.failNext({ status: 200, body: { enrolled: true }, match: { method: 'POST' } })
    terminal.type('123456\r')
    await terminal.shows(/find their codes by themselves\?/)
    terminal.press('down', 'enter')

    expect(await terminal.ended).toEqual({ code: 0, ...tidy })
    expect(terminal.screen()).toContain('The secret is in the keyring')
    expect((await world.json(['auth', 'mfa', 'status'], { env })).document.secretKept).toBe(true)
  })
})

// In real time: each test waits for a time step, half a minute at most.
describeLong('a sign-in that finds its codes by itself', () => {
  it('never sends the same time step from two processes, and signs both in', async () => {
    const world = await World.open()
    const stdin = `${withMfa.password}\n${withMfa.totp}\n`
    const args = ['auth', 'login', '--username', withMfa.username, '--password-stdin', '--totp-stdin', '-p']
    const runs = await Promise.all(['one', 'two'].map((name) => world.run([...args, name], { stdin })))

    const told = runs.map(({ stderr }) => stderr).join('\n')
    expect(
      runs.map(({ code, stderr }) => [code, leaksIn(stderr, [withMfa.totp])]),
      told,
    ).toEqual([
      [0, []],
      [0, []],
    ])
    // One, where the first had finished before the second began: the sign-in is the same.
    expect(new Set(sentCodes(world))).toEqual(new Set([200]))
  })

  describeWithKeyring('with a key from the keyring', () => {
    it('needs nobody', async () => {
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
