import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { developer, product, World } from '../test/cli.ts'

/** A home in which particle-cli has a profile that points at the sandbox. */
function withParticleCli(world: World, settings: object = {}): { read: () => Record<string, unknown> } {
  const folder = join(world.home, '.particle')
  mkdirSync(folder)
  const file = join(folder, 'particle.config.json')
  writeFileSync(file, JSON.stringify({ apiUrl: world.server.url, kept: 'as it was', ...settings }))
  return { read: () => JSON.parse(readFileSync(file, 'utf8')) }
}

const login = ['auth', 'login', '-u', developer.username, '--password-stdin']

describe('auth login --particle-cli', () => {
  it('signs particle-cli in with the same token, warns, and signs both out', async () => {
    const world = await World.open()
    const particle = withParticleCli(world)
    const { code, stderr } = await world.run([...login, '--particle-cli'], { stdin: developer.password })
    expect(code).toBe(0)
    expect(stderr).toContain('Logging out of one signs out both.')
    const token = (await world.run(['auth', 'token'])).stdout.trim()
    expect(particle.read()).toMatchObject({
      access_token: token,
      username: developer.username,
      kept: 'as it was',
    })
    expect(Date.parse(String(particle.read().access_token_expires_at))).toBeGreaterThan(Date.now())
    const out = await world.json(['auth', 'logout'])
    expect(out.document.profiles).toMatchObject([{ accessToken: 'revoked', particleCli: true }])
    expect(particle.read()).toMatchObject({
      access_token: null,
      access_token_expires_at: null,
      kept: 'as it was',
    })
  })

  it('uses the token of particle-cli', async () => {
    const world = await World.open()
    await world.signIn(['-p', 'first'])
    const token = (await world.run(['auth', 'token'])).stdout.trim()
    withParticleCli(world, { access_token: token, username: developer.username })
    const env = { PARTICLE_GRANTS_BASE_URL: '' }
    const { document } = await world.json(['auth', 'login', '--from-particle-cli', '-p', 'second'], { env })
    expect(document).toMatchObject({
      account: developer.username,
      baseUrl: world.server.url,
      grant: 'external',
    })
    expect((await world.run(['auth', 'token', '-p', 'second'], { env })).stdout.trim()).toBe(token)
  })

  it.each([
    ['a client that is no developer’s', ['--client-id', product.id, '--client-secret-stdin'], product.secret],
    ['a token that never expires', ['-u', developer.username, '--password-stdin', '--never-expires'], 'x'],
  ])('is refused for %s, before anything is sent', async (_, args, stdin) => {
    const world = await World.open()
    withParticleCli(world)
    const { code } = await world.run(['auth', 'login', ...args, '--particle-cli'], { stdin })
    expect(code).toBe(2)
    expect(world.sandbox.requests()).toEqual([])
  })

  it('is refused if particle-cli uses another API, before anything is sent', async () => {
    const world = await World.open()
    const particle = withParticleCli(world, { apiUrl: 'https://api.particle.io' })
    const { code, stderr } = await world.run([...login, '--particle-cli'], { stdin: developer.password })
    expect(code).toBe(2)
    expect(stderr).toContain(`particle-cli uses https://api.particle.io, not ${world.server.url}`)
    expect(particle.read()).not.toHaveProperty('access_token')
    expect(readdirSync(join(world.home, '.particle'))).toEqual(['particle.config.json'])
    expect(world.sandbox.requests()).toEqual([])
  })

  it('fails if particle-cli is not signed in', async () => {
    const world = await World.open()
    const { code, stderr } = await world.run(['auth', 'login', '--from-particle-cli'])
    expect(code).toBe(2)
    expect(stderr).toContain('particle login')
  })
})
