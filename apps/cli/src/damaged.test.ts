import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { developer, World } from '../test/cli.ts'

/** Where the only session lies. */
function sessionFile(world: World): string {
  const name = readdirSync(world.sessions).find((one) => /^session-.*\.json$/.test(one))
  return join(world.sessions, String(name))
}

describe('a damaged record', () => {
  it.each(['session', 'profiles'])('of the %s is reported by auth token', async (which) => {
    const world = await World.open()
    await world.signIn()
    writeFileSync(which === 'session' ? sessionFile(world) : join(world.sessions, 'profiles.json'), '{"half')
    const { code, stdout, stderr } = await world.run(['auth', 'token'])
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toContain('is damaged')
    expect(stderr).toContain('.damaged-')
    expect(stderr.match(/Sign in again/g)).toHaveLength(1)
    expect(stderr).toContain('More: ')
    if (which === 'profiles') return
    // The record was moved, so there is none now.
    const again = await world.run(['auth', 'token'])
    expect(again.stderr).toMatch(/^Error: You are not signed in to profile default\.\nSign in:\n {2}pgrants auth login/)
    expect(again.stderr).not.toContain('The token comes from')
  })

  it.each([
    ['bytes', 'garbled'],
    ['content', JSON.stringify({ format: 1, version: 'v', value: 'garbled' })],
  ])('in its %s leads to a warning at logout that the token was not revoked', async (_, text) => {
    const world = await World.open()
    await world.signIn()
    const token = (await world.run(['auth', 'token'])).stdout.trim()
    writeFileSync(sessionFile(world), text)
    const { code, stderr } = await world.run(['auth', 'logout'])
    expect(code).toBe(1)
    expect(stderr).toContain("can't be read")
    expect(stderr).toContain('valid until it expires')
    const answer = await fetch(`${world.server.url}/v1/user`, {
      headers: { authorization: `Bearer ${token}` },
    })
    expect(answer.status).toBe(200)
    expect(world.filesWithSecrets()).toEqual([])
  })

  it('is in the document of auth logout', async () => {
    const world = await World.open()
    await world.signIn()
    writeFileSync(sessionFile(world), 'garbled')
    const { code, document } = await world.json(['auth', 'logout'])
    expect(code).toBe(1)
    expect(document.profiles).toMatchObject([{ accessToken: 'still_valid', error: { code: 'store_damaged' } }])
  })
})

describe('the folder of the file store', () => {
  it('is not created by commands that only read', async () => {
    const world = await World.open()
    const home = join(world.home, 'unknown')
    const env = { HOME: home, XDG_STATE_HOME: '' }
    expect((await world.run(['auth', 'status'], { env })).code).toBe(3)
    expect((await world.run(['auth', 'token'], { env })).code).toBe(3)
    expect((await world.run(['auth', 'list'], { env })).code).toBe(0)
    expect((await world.run(['auth', 'logout'], { env })).code).toBe(0)
    expect(existsSync(home)).toBe(false)
  })

  it('is not created in the working directory', async () => {
    const world = await World.open()
    const { code, stderr } = await world.run(['auth', 'status'], {
      env: { HOME: 'elsewhere', XDG_STATE_HOME: '' },
    })
    expect(code).toBe(1)
    expect(stderr).toContain("isn't an absolute path")
    expect(stderr).toContain('XDG_STATE_HOME')
    expect(readdirSync(world.home)).toEqual([])
  })

  it.runIf(process.platform === 'linux')('is named in the error if it cannot be created', async () => {
    const world = await World.open()
    const login = ['auth', 'login', '-u', developer.username, '--password-stdin']
    const { code, stderr } = await world.run(login, {
      stdin: developer.password,
      env: { HOME: '/proc', XDG_STATE_HOME: '' },
    })
    expect(code).toBe(1)
    expect(stderr).toContain('/proc')
    expect(stderr).toContain('XDG_STATE_HOME')
    expect(stderr).not.toContain('This is a bug')
    expect(world.sandbox.requests()).toEqual([])
  })
})
