import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { developer, World } from '../test/cli.ts'

const login = ['auth', 'login', '-u', developer.username, '--password-stdin']

/** Uses up the account's attempts, so that even the correct password has to wait. */
async function spent(): Promise<World> {
  const world = await World.open()
  for (let tries = 0; tries < 8; tries += 1) await world.run(login, { stdin: `wrong ${tries}` })
  return world
}

describe('auth unlock', () => {
  it('is suggested during a lockout, and ends it', async () => {
    const world = await spent()
    const held = await world.run(login, { stdin: developer.password })
    expect(held.code).toBe(5)
    expect(held.stderr).toContain('pgrants auth unlock')
    expect(held.stderr).toContain(`pgrants auth unlock --base-url ${world.server.url}`)
    expect(held.stderr).toMatch(/Wait until .*minutes/)

    const { code, stdout, stderr } = await world.run(['auth', 'unlock'])
    expect(code).toBe(0)
    expect(stdout).toContain(world.server.url)
    expect(stderr).toContain('30 minutes')
    expect((await world.run(login, { stdin: developer.password })).code).toBe(0)
  })

  it('refuses a profile that does not exist, as auth mfa forget does', async () => {
    const world = await World.open()
    await world.signIn()
    for (const args of [
      ['auth', 'unlock', '-p', 'nope'],
      ['auth', 'mfa', 'forget', '-u', 'x', '-p', 'nope'],
    ]) {
      const { code, stderr } = await world.run(args)
      expect([args, code]).toEqual([args, 3])
      expect(stderr).toContain('There is no profile "nope".')
    }
  })

  it('ends it for one base URL only', async () => {
    const world = await spent()
    const other = ['auth', 'unlock', '--base-url', 'http://127.0.0.1:9']
    expect(await world.json(other)).toMatchObject({
      code: 0,
      document: { baseUrl: 'http://127.0.0.1:9', stores: ['file'] },
    })
    expect((await world.run(login, { stdin: developer.password })).code).toBe(5)
  })

  it("ends it even if its record can't be read", async () => {
    const world = await spent()
    const record = readdirSync(world.sessions).find((name) => name.startsWith('guard-'))
    writeFileSync(join(world.sessions, String(record)), 'garbled')
    expect((await world.run(['auth', 'unlock'])).code).toBe(0)
    expect((await world.run(login, { stdin: developer.password })).code).toBe(0)
  })
})
