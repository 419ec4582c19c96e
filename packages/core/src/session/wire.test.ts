import { leaksIn } from '@particle-grants/test-kit'
import { describe, expect, it, vi } from 'vitest'
import { developerClient } from '../clients.ts'
import { defaultChallengeLimits } from '../machine/event.ts'
import { Secret } from '../secret.ts'
import type { Fetch } from './http.ts'
import { ServerClock } from './server-clock.ts'
import { exchange, type Wire } from './wire.ts'

const fetch = vi.fn<Fetch>()
const wire: Wire = {
  baseUrl: 'https://api.particle.io',
  client: developerClient(),
  clientAuthentication: 'basic',
  fetch,
  clock: new ServerClock({ now: () => 0 }),
  timeout: 1000,
  challengeLimits: defaultChallengeLimits,
}

/** A secret that is lost when it is wanted, and tells about it. */
class Lost extends Secret {
  override reveal(): string {
    throw new TypeError('p4ssword is gone')
  }
}

describe('a request that can’t be encoded', () => {
  it('fails unsent, with what is wrong with it', async () => {
    const request = { grant_type: 'password', username: '', password: new Secret('p') } as const
    expect(await exchange(wire, request)).toMatchObject({
      type: 'failed',
      refusal: { code: 'invalid_argument', details: { parameter: 'username' } },
    })
  })

  it('fails unsent, whatever is thrown, and repeats nothing of it', async () => {
    const request = { grant_type: 'password', username: 'u', password: new Lost('') } as const
    const event = await exchange(wire, request)
    expect(event).toEqual({
      type: 'failed',
      at: 0,
      refusal: { code: 'invalid_argument', details: { parameter: 'request', problem: "can't be encoded" } },
    })
    expect(leaksIn(event, ['p4ssword'])).toEqual([])
    expect(await exchange({ ...wire, client: {} as Wire['client'] }, request)).toMatchObject({
      refusal: { code: 'invalid_argument', details: { parameter: 'client' } },
    })
    expect(fetch).not.toHaveBeenCalled()
  })

  it('fails as not answered where a limit was passed that no timer can keep', async () => {
    const request = { grant_type: 'password', username: 'u', password: new Secret('p') } as const
    expect(await exchange({ ...wire, timeout: 2 ** 32 }, request)).toMatchObject({
      type: 'failed',
      refusal: { code: 'no_answer' },
    })
  })
})
