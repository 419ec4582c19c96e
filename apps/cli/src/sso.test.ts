import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { defaultSsoClient } from '@particle-grants/sandbox'
import { reportSkipped } from '@particle-grants/test-kit/levels'
import { canOpenTerminals, type SimulatedTerminal } from '@particle-grants/test-kit/terminal'
import { describe, expect, inject, it } from 'vitest'
import { World } from '../test/cli.ts'
import { runInTerminal } from '../test/terminal.ts'

const username = 'sso@example.com'
const login = ['auth', 'login', '--sso']

/** A world whose identity provider asks for no pause between two polls. */
async function openWorld() {
  const world = await World.open({ ssoInterval: 0 })
  const env = {
    PARTICLE_GRANTS_SSO_ISSUER: `${world.server.url}/oauth2/default`,
    PARTICLE_GRANTS_SSO_CLIENT_ID: defaultSsoClient.clientId,
    PARTICLE_GRANTS_SSO_AUDIENCE: defaultSsoClient.audience,
  }
  return { world, env }
}

const findCode = (text: string) => /\b[A-Z0-9]{4}-[A-Z0-9]{4}\b/.exec(text)?.[0] ?? ''

/** Runs a command without a terminal, and does what a person does when the code is shown. */
async function runWithPerson(world: World, { args = login, env = {}, onCode = (_: string) => {} }) {
  const child = spawn(process.execPath, [inject('pgrants'), ...args], { env: { ...world.env, ...env } })
  const output = { stdout: '', stderr: '' }
  let isShown = false
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      output[name] += text
      const code = findCode(output.stderr)
      if (isShown || code === '') return
      isShown = true
      onCode(code)
    })
  }
  child.stdin.end()
  const [code] = await once(child, 'close')
  return { code, ...output }
}

describe('auth login --sso', () => {
  it('shows the page and the code, and stores the token that the person gets, which logout revokes', async () => {
    const { world, env } = await openWorld()
    const run = await runWithPerson(world, { env, onCode: (code) => world.sandbox.sso.approve(code, { username }) })
    expect(run).toMatchObject({ code: 0, stdout: expect.stringContaining(`Signed in as ${username}`) })
    expect(run.stderr).toContain(`  ${world.server.url}/activate?user_code=`)
    expect(run.stderr).toContain('Approve only if the page shows this code and you started this sign-in.')
    const token = (await world.run(['auth', 'token'])).stdout.trim()
    expect((await world.run(['auth', 'status', '--check'])).code).toBe(0)
    expect(run.stderr + run.stdout).not.toContain(token)

    const signedOut = await world.json(['auth', 'logout'])
    expect(signedOut.document).toMatchObject({ profiles: [{ accessToken: 'revoked' }] })
  })

  it('revokes the token that a new sign-in replaces', async () => {
    const { world, env } = await openWorld()
    const onCode = (code: string) => world.sandbox.sso.approve(code, { username })
    await runWithPerson(world, { env, onCode })
    const { stderr } = await runWithPerson(world, { env, onCode })
    expect(stderr).toContain(`Replaced the sign-in of ${username}, and revoked its token.`)
  })

  it('ends with 3 when the person refuses, and stores nothing', async () => {
    const { world, env } = await openWorld()
    const run = await runWithPerson(world, { env, onCode: (code) => world.sandbox.sso.deny(code) })
    expect(run).toMatchObject({ code: 3, stderr: expect.stringContaining('pgrants auth login --sso') })
    expect(world.filesWithSecrets()).toEqual([])
  })

  it('says which audience the token has if it is another one', async () => {
    const { world, env } = await openWorld()
    const run = await runWithPerson(world, {
      env: { ...env, PARTICLE_GRANTS_SSO_AUDIENCE: 'api://elsewhere' },
      onCode: (code) => world.sandbox.sso.approve(code, { username }),
    })
    expect(run.code).toBe(1)
    expect(run.stderr).toContain(defaultSsoClient.audience)
    expect(run.stderr).toContain('--sso-audience')
  })

  it('needs a client id, and says what is known about it', async () => {
    const { world, env } = await openWorld()
    const { PARTICLE_GRANTS_SSO_CLIENT_ID: _, ...others } = env
    const { code, stderr } = await world.run(login, { env: others })
    expect(code).toBe(2)
    expect(stderr).toContain('whether other programs may use it is unknown')
    expect(stderr).toContain('--sso-client-id')
  })

  it('never sends a production token elsewhere: the default issuer is for api.particle.io only', async () => {
    const { world, env } = await openWorld()
    const { PARTICLE_GRANTS_SSO_ISSUER: _, ...others } = env
    const { code, stderr } = await world.run(login, { env: others })
    expect(code).not.toBe(0)
    expect(world.sandbox.requests()).toEqual([])
    expect(stderr).toContain('--sso-issuer')
  })

  it('does not show a page of another host than the issuer', async () => {
    const { world, env } = await openWorld()
    const uri = 'https://login.elsewhere.example/activate'
    const body = { device_code: 'a', user_code: 'AAAA-BBBB', verification_uri: uri, expires_in: 600 }
    world.sandbox.failNext({ status: 200, body, match: { path: '/oauth2/default/v1/device/authorize' } })
    const { code, stderr } = await world.run(login, { env })
    expect({ code, stderr }).toMatchObject({ code: 6, stderr: expect.stringContaining('a page of another host') })
  })
})

if (canOpenTerminals !== true) reportSkipped('auth login --sso in a terminal', canOpenTerminals)
else {
  describe('auth login --sso in a terminal', () => {
    const approve = async (world: World, shown: SimulatedTerminal) => {
      await shown.shows('you started this sign-in')
      world.sandbox.sso.approve(findCode(shown.output()), { username })
    }

    it('asks once which client id to use', async () => {
      const { world, env } = await openWorld()
      const { PARTICLE_GRANTS_SSO_CLIENT_ID: clientId, ...others } = env
      const first = world.terminal(login, { env: others })
      await first.shows('Which client ID?')
      first.type('\u001b[B\r')
      await first.shows('Client ID:')
      first.type(`${clientId}\r`)
      await approve(world, first)
      expect(await first.ended).toMatchObject({ code: 0 })

      const second = world.terminal(login, { env: others })
      await approve(world, second)
      expect(await second.ended).toMatchObject({ code: 0 })
      expect(second.output()).not.toContain('Which client ID?')
    })

    it('offers the browser when a password is refused because of SSO', async () => {
      const { world, env } = await openWorld()
      const shown = world.terminal(['auth', 'login', '-u', username], { env })
      await shown.shows('Password:')
      shown.type('any\r')
      await shown.shows("This account signs in through its company's SSO.")
      shown.type('\r')
      await approve(world, shown)
      expect(await shown.ended).toMatchObject({ code: 0 })
      expect((await world.run(['auth', 'whoami'])).stdout).toBe(`${username}\n`)
    })

    it('opens the page with the program of the desktop, without a shell', async () => {
      const { world, env } = await openWorld()
      const bin = join(world.home, 'bin')
      mkdirSync(bin)
      writeFileSync(join(bin, 'xdg-open'), `#!/bin/sh\nprintf '%s\\n' "$@" > "${world.home}/opened"\n`)
      chmodSync(join(bin, 'xdg-open'), 0o755)
      const shown = world.terminal([...login, '--qr'], {
        env: { ...env, DISPLAY: ':0', PATH: `${bin}:${process.env.PATH}` },
      })
      await approve(world, shown)
      expect(await shown.ended).toMatchObject({ code: 0 })
      expect(shown.output()).toContain('▀')
      await expect.poll(() => existsSync(join(world.home, 'opened'))).toBe(true)
      expect(readFileSync(join(world.home, 'opened'), 'utf8')).toMatch(
        /^http:\/\/127\.0\.0\.1:\d+\/activate\?user_code=\S+\n$/,
      )
    })

    it('ends at Ctrl-C, and stores nothing', async () => {
      const { world, env } = await openWorld()
      const shown = runInTerminal(world, login, { env })
      await shown.shows('Waiting until you have signed in')
      shown.type('\u0003')
      expect(await shown.ended).toMatchObject({ code: 130, cursor: 'shown' })
      expect(world.filesWithSecrets()).toEqual([])
    })
  })
}
