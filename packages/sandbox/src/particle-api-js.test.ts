import type { Sandbox } from '@particle-grants/sandbox'
import { createSandbox } from '@particle-grants/sandbox'
import type { SandboxServer } from '@particle-grants/sandbox/node'
import { listen } from '@particle-grants/sandbox/node'
import Particle from 'particle-api-js'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { dev, jane, mfa } from '../test/token-requests.ts'

// Particle's own client, as published: the sandbox's responses must work for it.
let sandbox: Sandbox
let server: SandboxServer
let particle: Particle

beforeEach(async () => {
  sandbox = createSandbox()
  server = await listen(sandbox)
  particle = new Particle({ baseUrl: server.url })
})
afterEach(() => server.close())

const product = () => new Particle({ baseUrl: server.url, clientId: 'my-product-1234', clientSecret: 'product-secret' })

async function signIn(): Promise<string> {
  const { body } = await particle.login(dev)
  return body.access_token
}

const statusOf = async (auth: string) => {
  try {
    return (await particle.getUserInfo({ auth })).statusCode
  } catch (error) {
    return (error as { statusCode: number }).statusCode
  }
}

describe('particle-api-js', () => {
  it('signs in and calls the API', async () => {
    const auth = await signIn()
    expect((await particle.getUserInfo({ auth })).body).toMatchObject({ username: dev.username })
    expect((await particle.listDevices({ auth })).body).toHaveLength(2)
  })

  it('chooses the lifetime of its token', async () => {
    const { body } = await particle.login({ ...dev, tokenDuration: 0 })
    expect(body).toMatchObject({ expires_in: 0 })
    expect('refresh_token' in body).toBe(false)
  })

  it('gets the server’s description if the password is wrong', async () => {
    await expect(particle.login({ ...dev, password: 'wrong' })).rejects.toMatchObject({
      statusCode: 400,
      shortErrorDescription: 'User credentials are invalid',
      body: { error: 'invalid_grant' },
    })
  })

  it('creates, lists and deletes an OAuth client of a product', async () => {
    const owner = await particle.login({ username: 'owner@example.com', password: 'owner of products' })
    const auth = owner.body.access_token
    const { body } = await particle.createOAuthClient({ name: 'Back end', type: 'installed', product: 1234, auth })
    expect(body).toMatchObject({ ok: true, client: { name: 'Back end', type: 'installed', product_id: 1234 } })
    const { id: clientId } = (body as unknown as { client: { id: string } }).client
    const list = async () => JSON.stringify((await particle.listOAuthClients({ product: '1234', auth })).body)
    expect(await list()).toContain(clientId)
    expect((await particle.deleteOAuthClient({ clientId, product: 1234, auth })).statusCode).toBe(204)
    expect(await list()).not.toContain(clientId)
  })

  it('lists the team of a product, and its API users', async () => {
    const owner = await particle.login({ username: 'owner@example.com', password: 'owner of products' })
    const auth = owner.body.access_token
    const data = { friendly_name: 'CI', scopes: ['devices:list'] }
    await particle.post({ uri: '/v1/products/1234/team', auth, data })
    const { body } = await particle.listTeamMembers({ product: 1234, auth })
    expect(body).toMatchObject({
      team: [
        { username: 'owner@example.com' },
        { is_programmatic: true, friendly_name: 'CI', scopes: ['devices:list'] },
      ],
    })
  })

  it('passes MFA with sendOtp, after a wrong code that does not end the mfa_token', async () => {
    const challenge = await particle.login(mfa).catch((error) => error)
    expect(challenge).toMatchObject({ statusCode: 403, body: { error: 'mfa_required' } })
    const mfaToken = challenge.body.mfa_token
    await expect(particle.sendOtp({ mfaToken, otp: '000000' })).rejects.toMatchObject({
      statusCode: 401,
      body: { error: 'invalid_token', error_description: 'Could not validate OTP.' },
    })
    const { body } = await particle.sendOtp({ mfaToken, otp: sandbox.otp(mfa.username) })
    expect(await statusOf(body.access_token)).toBe(200)
  })

  it('signs in as the owner of a product client', async () => {
    const { body } = await product().loginAsClientOwner()
    expect((await particle.getUserInfo({ auth: body.access_token })).body).toMatchObject({
      username: 'owner@example.com',
    })
    await expect(particle.loginAsClientOwner()).rejects.toMatchObject({ body: { error: 'invalid_grant' } })
  })

  it('creates a customer, who then signs in', async () => {
    const bob = { email: 'bob@example.com', password: 'bobs password' }
    const created = await product().createCustomer({ ...bob, product: 'my-product' })
    expect(await statusOf(created.body.access_token)).toBe(200)
    const { body } = await product().login({ username: bob.email, password: bob.password })
    expect(await statusOf(body.access_token)).toBe(200)
    await expect(product().login({ ...jane, password: 'wrong' })).rejects.toMatchObject({ statusCode: 400 })
  })

  it('deletes a token', async () => {
    const [token, other] = [await signIn(), await signIn()]
    expect((await particle.deleteAccessToken({ token })).body).toEqual({ ok: true })
    expect([await statusOf(token), await statusOf(other)]).toEqual([401, 200])
  })

  it('deletes the token that it uses', async () => {
    const [auth, other] = [await signIn(), await signIn()]
    await particle.deleteCurrentAccessToken({ auth })
    expect([await statusOf(auth), await statusOf(other)]).toEqual([401, 200])
  })

  it('deletes all tokens of the account', async () => {
    const [auth, other] = [await signIn(), await signIn()]
    await particle.deleteActiveAccessTokens({ auth })
    expect([await statusOf(auth), await statusOf(other)]).toEqual([401, 401])
  })

  it('enrols in MFA, and disables it', async () => {
    const auth = await signIn()
    const { mfa_token: mfaToken } = (await particle.enableMfa({ auth })).body
    await expect(particle.confirmMfa({ auth, mfaToken, otp: '000000' })).rejects.toMatchObject({
      statusCode: 401,
    })
    await particle.confirmMfa({ auth, mfaToken, otp: sandbox.otp(dev.username) })
    await expect(particle.login(dev)).rejects.toMatchObject({ body: { error: 'mfa_required' } })

    const leave = (currentPassword: string) => particle.disableMfa({ auth, currentPassword })
    await expect(leave('wrong')).rejects.toMatchObject({ statusCode: 401 })
    await leave(dev.password)
    expect((await particle.login(dev)).statusCode).toBe(200)
  })

  it('ends its other sessions when it enrols', async () => {
    const auth = await signIn()
    const { mfa_token: mfaToken } = (await particle.enableMfa({ auth })).body
    await particle.confirmMfa({ auth, mfaToken, otp: sandbox.otp(dev.username), invalidateTokens: true })
    expect(await statusOf(auth)).toBe(401)
  })
})
