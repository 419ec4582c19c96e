import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { developer, World } from '../test/cli.ts'

describe('auth login --from-particle-cli', () => {
  it('uses the token of particle-cli', async () => {
    const world = await World.open()
    await world.signIn(['-p', 'first'])
    const token = (await world.run(['auth', 'token'])).stdout.trim()
    mkdirSync(join(world.home, '.particle'))
    const settings = { apiUrl: world.server.url, access_token: token, username: developer.username }
    writeFileSync(join(world.home, '.particle/particle.config.json'), JSON.stringify(settings))
    const env = { PARTICLE_GRANTS_BASE_URL: '' }
    const { document } = await world.json(['auth', 'login', '--from-particle-cli', '-p', 'second'], { env })
    expect(document).toMatchObject({
      account: developer.username,
      baseUrl: world.server.url,
      grant: 'external',
    })
    expect((await world.run(['auth', 'token', '-p', 'second'], { env })).stdout.trim()).toBe(token)
  })

  it('fails if particle-cli is not signed in', async () => {
    const world = await World.open()
    const { code, stderr } = await world.run(['auth', 'login', '--from-particle-cli'])
    expect(code).toBe(2)
    expect(stderr).toContain('particle login')
  })
})
