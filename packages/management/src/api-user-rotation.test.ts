import { findLeaks } from '@particle-grants/test-kit'
import { describe, expect, it } from 'vitest'
import { openScene, product, rejection, scopes } from '../test/scene.ts'
import { createApiUser, deleteApiUser, listApiUsers, rotateApiUser } from './index.ts'

async function openRotation() {
  const scene = await openScene()
  const old = await createApiUser(scene.admin, { ...product, name: 'Server', scopes })
  return { ...scene, old, unique: old.username.replace(/.*\+(.*)@.*/, '$1') }
}
const usernames = async (scene: Pick<Awaited<ReturnType<typeof openRotation>>, 'admin'>) =>
  (await listApiUsers(scene.admin, product)).map(({ username }) => username)

describe('rotateApiUser', () => {
  it('replaces the token of a server while a loop of calls runs, and none fails', async () => {
    const { admin, old, useToken } = await openRotation()
    let session = useToken(old.token)
    const statuses: number[] = []
    let isRunning = true
    const loop = (async () => {
      while (isRunning) statuses.push((await session.fetch('/v1/products/1234/devices')).status)
    })()

    const rotation = await rotateApiUser(admin, { ...product, username: old.username })
    session = useToken(rotation.token)
    // The call that is in flight has the old token.
    const length = statuses.length
    await expect.poll(() => statuses.length).toBeGreaterThan(length + 1)
    await rotation.confirm()
    const confirmed = statuses.length
    await expect.poll(() => statuses.length).toBeGreaterThan(confirmed + 1)
    isRunning = false
    await loop

    expect(new Set(statuses)).toEqual(new Set([200]))
    await expect(useToken(old.token).fetch('/v1/devices')).rejects.toMatchObject({ code: 'reauthentication_required' })
    expect(await usernames({ admin })).toEqual([rotation.username])
  })

  it('copies the scopes, and proves the new token before it hands it over', async () => {
    const { admin, old, sent } = await openRotation()
    sent()
    const rotation = await rotateApiUser(admin, { ...product, username: old.username })
    expect(sent()).toEqual([
      'GET /v1/products/1234/team 200',
      'POST /v1/products/1234/team 200',
      'GET /v1/access_tokens/current 200',
    ])
    expect(rotation.scopes).toEqual(scopes)
    expect(findLeaks(rotation, [rotation.token.reveal(), old.token.reveal()])).toEqual([])
  })

  it('takes other scopes: the safe way to change them', async () => {
    const { admin, old, useToken } = await openRotation()
    const rotation = await rotateApiUser(admin, { ...product, username: old.username, scopes: ['devices:get'] })
    expect((await useToken(rotation.token).fetch('/v1/devices/garden')).status).toBe(200)
    expect((await useToken(old.token).fetch('/v1/devices')).status).toBe(200)
  })

  it('marks the new user by the old one, so that a rotation that was not confirmed is found', async () => {
    const { admin, old, unique } = await openRotation()
    const { username } = await rotateApiUser(admin, { ...product, username: old.username })
    expect(username).toMatch(new RegExp(`^server-replaces-${unique}\\+`))
    expect(await listApiUsers(admin, product)).toEqual([
      { username: old.username, name: 'Server', scopes, productId: 1234 },
      { username, name: `Server replaces ${unique}`, scopes, productId: 1234, replaces: old.username },
    ])
    expect(await rejection(rotateApiUser(admin, { ...product, username: old.username }))).toMatchObject({
      code: 'invalid_argument',
      message: `username has a replacement of a rotation that was not confirmed: ${username}. If its token is in use, delete ${old.username}. Otherwise delete ${username}, then rotate again.`,
    })
    await deleteApiUser(admin, { ...product, username })
    await (await rotateApiUser(admin, { ...product, username: old.username })).confirm()
  })

  it('keeps the name short over many rotations', async () => {
    const { admin, old } = await openRotation()
    let { username } = old
    for (const _ of ['second', 'third']) {
      const rotation = await rotateApiUser(admin, { ...product, username })
      await rotation.confirm()
      username = rotation.username
    }
    const [user] = await listApiUsers(admin, product)
    expect(user?.name).toMatch(/^Server replaces \w+$/)
    expect(user).not.toHaveProperty('replaces')
  })

  it('works with a list that has usernames only, if it is given the scopes', async () => {
    const { admin, old, sandbox, unique } = await openRotation()
    const bare = async () => {
      const team = (await usernames({ admin })).map((username) => ({ username, is_programmatic: true }))
      sandbox.failNext({ status: 200, body: { ok: true, team } })
    }
    await bare()
    expect(await rejection(rotateApiUser(admin, { ...product, username: old.username }))).toMatchObject({
      code: 'invalid_argument',
      details: { parameter: 'scopes' },
    })
    await bare()
    const { username } = await rotateApiUser(admin, { ...product, username: old.username, scopes })
    expect(username).toMatch(new RegExp(`^server-replaces-${unique}\\+`))
    await bare()
    expect(await listApiUsers(admin, product)).toEqual([
      { username: old.username },
      { username, replaces: old.username },
    ])
  })

  it('takes a refusal of what the new token may do as proof that the token is valid', async () => {
    const { admin, old, sandbox } = await openRotation()
    sandbox.failNext({ error: 'unauthorized', match: { path: '/v1/access_tokens/current' }, times: 2 })
    await (await rotateApiUser(admin, { ...product, username: old.username })).confirm()
    expect(await usernames({ admin })).not.toContain(old.username)
  })

  it('deletes the new user if its token is not accepted, and leaves the old one', async () => {
    const { admin, old, sandbox, useToken } = await openRotation()
    sandbox.failNext({ error: 'invalid_token', match: { path: '/v1/access_tokens/current' } })
    expect(await rejection(rotateApiUser(admin, { ...product, username: old.username }))).toMatchObject({
      code: 'api_error',
      details: { status: 401 },
    })
    expect(await usernames({ admin })).toEqual([old.username])
    expect((await useToken(old.token).fetch('/v1/devices')).status).toBe(200)
  })

  it('rejects an unknown username, and creates nothing', async () => {
    const { admin, old, sent } = await openRotation()
    sent()
    const username = 'other+1@api.particle.io'
    expect(await rejection(rotateApiUser(admin, { ...product, username }))).toMatchObject({ code: 'invalid_argument' })
    expect(sent()).toEqual(['GET /v1/products/1234/team 200'])
    expect(await usernames({ admin })).toEqual([old.username])
  })
})

describe('the confirmation of a rotation', () => {
  it.each([
    ['the new user was deleted', true],
    ['the new token was revoked', false],
  ])('deletes nothing if %s: the old token is the one in use', async (_title, isDeleted) => {
    const { admin, old, sandbox, useToken, sent } = await openRotation()
    const rotation = await rotateApiUser(admin, { ...product, username: old.username })
    if (isDeleted) await deleteApiUser(admin, { ...product, username: rotation.username })
    else sandbox.revoke({ username: rotation.username })
    sent()
    expect(await rejection(rotation.confirm())).toMatchObject({ code: 'api_error', details: { status: 401 } })
    expect(sent()).toEqual(['GET /v1/access_tokens/current 401'])
    expect((await useToken(old.token).fetch('/v1/devices')).status).toBe(200)
  })

  it('deletes nothing if the new token cannot be checked', async () => {
    const { admin, old, sandbox } = await openRotation()
    const rotation = await rotateApiUser(admin, { ...product, username: old.username })
    sandbox.failNext({ drop: true })
    expect(await rejection(rotation.confirm())).toMatchObject({ code: 'network_error' })
    expect(await usernames({ admin })).toContain(old.username)
    await rotation.confirm()
    expect(await usernames({ admin })).toEqual([rotation.username])
  })

  it('can be repeated, also after a deletion whose response was lost', async () => {
    const { admin, old, sandbox, sent } = await openRotation()
    const rotation = await rotateApiUser(admin, { ...product, username: old.username })
    sandbox.failNext({ drop: true, after: true, match: { method: 'DELETE' } })
    expect(await rejection(rotation.confirm())).toMatchObject({ code: 'network_error' })
    await rotation.confirm()
    sent()
    await rotation.confirm()
    expect(sent()).toEqual([])
  })

  it('rejects with the reason of its signal, and deletes nothing', async () => {
    const { admin, old } = await openRotation()
    const rotation = await rotateApiUser(admin, { ...product, username: old.username })
    const controller = new AbortController()
    controller.abort(new Error('stopped'))
    expect(await rejection(rotation.confirm({ signal: controller.signal }))).toMatchObject({ message: 'stopped' })
    expect(await usernames({ admin })).toContain(old.username)
  })
})
