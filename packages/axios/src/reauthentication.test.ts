import { createSession, developerClient } from '@particle-grants/core'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { recorder, refuse } from '../test/recorder.ts'
import { openScene } from '../test/scene.ts'
import { externalToken } from '../test/tokens.ts'
import { rejectionsAreReported, unhandledRejections } from '../test/unhandled.ts'
import { until } from '../test/until.ts'
import { newest } from '../test/versions.ts'

const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  )

describe('onReauthenticationRequired', () => {
  const { axios, attachSession } = newest

  it('is called for an expired token, and for a session that never signed in', async () => {
    const { baseUrl, clock } = await openScene()
    const session = createSession({ client: developerClient(), baseUrl, clock })
    const told: string[] = []
    const instance = axios.create({ baseURL: baseUrl })
    attachSession(instance, session, { onReauthenticationRequired: ({ code }) => told.push(code) })
    expect(await failure(instance.get('/v1/devices'))).toMatchObject({ code: 'not_signed_in' })
    await failure(instance.get('/v1/devices'))
    await session.login({ username: 'dev@example.com', password: 'correct horse', expiresIn: 60 })
    await instance.get('/v1/devices')
    clock.advance('61s')
    expect(await failure(instance.get('/v1/devices'))).toMatchObject({ code: 'reauthentication_required' })
    await failure(instance.get('/v1/devices'))
    expect(told).toEqual(['not_signed_in', 'reauthentication_required'])
  })

  it('is called if another part of the program notices, and not after detaching', async () => {
    const server = await recorder((_, response) => refuse(response))
    const session = await externalToken(server.url, 'a'.repeat(40))
    const told: string[] = []
    const detach = attachSession(axios.create(), session, {
      onReauthenticationRequired: ({ code }) => told.push(code),
    })
    await failure(session.fetch(`${server.url}/`))
    expect(told).toEqual(['reauthentication_required'])
    detach()
    await session.setToken({ accessToken: 'b'.repeat(40) })
    await failure(session.fetch(`${server.url}/`))
    expect(told).toHaveLength(1)
  })

  it('is called also if the request is not replayed', async () => {
    const server = await recorder((_, response) => refuse(response))
    const session = await externalToken(server.url, 'a'.repeat(40))
    const told: string[] = []
    const instance = axios.create({ baseURL: server.url })
    attachSession(instance, session, {
      replay: false,
      onReauthenticationRequired: ({ code }) => told.push(code),
    })
    await expect(instance.get('/')).rejects.toMatchObject({ response: { status: 401 } })
    await until(() => told.length > 0)
    expect(await failure(instance.get('/'))).toMatchObject({ code: 'reauthentication_required' })
    expect(told).toHaveLength(1)
  })

  it('is called once for each function, also if several attachments share it', async () => {
    const { baseUrl } = await openScene()
    const told: string[] = []
    const shared = () => told.push('shared')
    const session = createSession({ client: developerClient(), baseUrl })
    const callbacks = [shared, shared, () => told.push('own'), () => told.push('own')]
    const instances = callbacks.map((onReauthenticationRequired) => {
      const instance = axios.create({ baseURL: baseUrl })
      attachSession(instance, session, { onReauthenticationRequired })
      return instance
    })
    await Promise.all(instances.map((instance) => failure(instance.get('/'))))
    expect(told.sort()).toEqual(['own', 'own', 'shared'])
  })

  it.each([
    [
      'by throwing',
      () => () => {
        throw new Error('thrown by a callback')
      },
    ],
    [
      'by rejecting later',
      () => async () => {
        await Promise.resolve()
        throw new Error('thrown by a callback')
      },
    ],
  ])('does not fail the request %s; the error goes to reportError if there is one', async (_title, callback) => {
    const unhandled = unhandledRejections()
    const { baseUrl } = await openScene()
    const reported: unknown[] = []
    const told: string[] = []
    for (const platform of ['without', 'with']) {
      if (platform === 'with') vi.stubGlobal('reportError', (error: unknown) => reported.push(String(error)))
      onTestFinished(() => void vi.unstubAllGlobals())
      const session = createSession({ client: developerClient(), baseUrl })
      const instances = [axios.create({ baseURL: baseUrl }), axios.create({ baseURL: baseUrl })] as const
      attachSession(instances[0], session, { onReauthenticationRequired: callback() })
      attachSession(instances[1], session, { onReauthenticationRequired: ({ code }) => told.push(code) })
      for (const instance of instances) {
        expect(await failure(instance.get('/'))).toMatchObject({ code: 'not_signed_in' })
      }
      await rejectionsAreReported()
    }
    expect(told).toEqual(['not_signed_in', 'not_signed_in'])
    expect(reported).toEqual(['Error: thrown by a callback'])
    expect(unhandled).toEqual([])
  })
})
