import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describeWithService } from '@particle-grants/test-kit/services'
import { describe, expect, it } from 'vitest'
import { developer, product, World, withMfa } from '../test/cli.ts'
import { openKeyring } from '../test/keyring.ts'

describe('without a keyring', () => {
  it('warns that the sign-in is stored in a file, and why', async () => {
    const world = await World.open()
    const { stderr } = await world.signIn([], { env: { PARTICLE_GRANTS_STORE: '' } })
    expect(stderr).toContain('the token is stored in plain text')
    expect((await world.json(['auth', 'status'])).document.store).toBe('file')
  })

  it('sends nothing if --store keyring is given', async () => {
    const world = await World.open()
    const login = ['auth', 'login', '-u', developer.username, '--password-stdin', '--store', 'keyring']
    const { code, document } = await world.json(login, { stdin: developer.password })
    expect({ code, error: document.error.code }).toEqual({ code: 1, error: 'store_unavailable' })
    expect(world.sandbox.requests()).toEqual([])
  })

  it('has no TOTP secret to forget, and suggests no sign-in', async () => {
    const world = await World.open()
    await world.signIn()
    const { code, stdout, stderr } = await world.run(['auth', 'mfa', 'forget'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toContain('No keyring responds, so there is no stored TOTP secret.')
  })

  it('accepts a token in the environment', async () => {
    const world = await World.open()
    const env = { PARTICLE_AUTH: 'a'.repeat(40), PARTICLE_GRANTS_STORE: 'keyring' }
    expect((await world.run(['auth', 'token'], { env })).code).toBe(0)
    expect(readdirSync(world.home)).toEqual([])
  })
})

describeWithService('keyring', 'with a keyring', () => {
  it('stores sessions and client secrets in it by default, and none in a file', async () => {
    const world = await World.open()
    const env = { ...(await openKeyring()), PARTICLE_GRANTS_STORE: '' }
    const login = ['auth', 'login', '--client-id', product.id, '--client-secret-stdin']
    const { stderr } = await world.run(login, { stdin: product.secret, env })
    expect(stderr).not.toContain('the token is stored in plain text')
    const { document } = await world.json(['auth', 'status'], { env })
    expect(document).toMatchObject({ store: 'keyring', status: 'signed_in' })
    const token = (await world.run(['auth', 'token'], { env })).stdout.trim()
    expect(token).toMatch(/^[0-9a-f]{40}$/)
    const files = readdirSync(world.home, { recursive: true, withFileTypes: true }).filter((one) => one.isFile())
    const texts = files.map((file) => readFileSync(join(file.parentPath, file.name), 'utf8')).join()
    expect(texts).not.toContain(token)
    expect(texts).not.toContain(product.secret)

    // Gone for a moment: an error, and nothing is written elsewhere.
    for (const name of ['token', 'logout']) {
      const gone = await world.json(['auth', name], {
        env: { ...env, DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nowhere' },
      })
      expect(gone).toMatchObject({ code: 1, document: { error: { code: 'store_unavailable' } } })
    }
    expect((await world.json(['auth', 'list'], { env })).document.profiles).toHaveLength(1)
    expect(await world.run(['auth', 'logout'], { env })).toMatchObject({ code: 0 })
    expect((await world.run(['auth', 'token'], { env })).code).toBe(3)
  })

  it('completes a sign-in that ended with exit code 4', async () => {
    const world = await World.open()
    const env = { ...(await openKeyring()), PARTICLE_GRANTS_STORE: '' }
    const login = ['auth', 'login', '-u', withMfa.username, '--password-stdin']
    expect((await world.run(login, { stdin: withMfa.password, env })).code).toBe(4)
    const otp = world.sandbox.otp(withMfa.username)
    expect(await world.run(['auth', 'login', '--otp-stdin'], { stdin: otp, env })).toMatchObject({ code: 0 })
  })
})
