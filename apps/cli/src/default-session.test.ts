import { defaultSession, describeCredentials } from '@particle-grants/node'
import { describe, expect, it } from 'vitest'
import { World } from '../test/cli.ts'

describe('a program on a machine where pgrants is signed in', () => {
  it('has the token of pgrants, and ends with its sign-out', async () => {
    const world = await World.open()
    const { env } = world
    await world.signIn(['-p', 'work'])
    const session = await defaultSession({ env })
    expect(session.source.description).toBe('profile work (dev@example.com)')
    expect(await session.getAccessToken()).toBe((await world.run(['auth', 'token'])).stdout.trim())
    expect((await session.fetch('/v1/devices')).status).toBe(200)

    await world.run(['auth', 'logout'])
    const { error } = await describeCredentials({ env })
    expect(error?.code).toBe('not_signed_in')
  })
})
