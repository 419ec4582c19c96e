import { afterAll, describe, expect, it, vi } from 'vitest'
import { getError, getTokenRequest } from '../../test/effects.ts'
import { events } from '../../test/events.ts'
import { createIdentity, createRefreshableTokens, signedIn } from '../../test/states.ts'

// As if `getRenewal` had a bug and refreshed every token. Test files share a process, so the machine is imported again
// with the mock, and the mock is removed afterwards.
vi.resetModules()
vi.doMock(import('../renewal.ts'), async (original) => ({
  ...(await original()),
  getRenewal: (_, __, { accessToken, refreshToken }) => ({
    grantType: 'refresh_token',
    refreshToken: refreshToken ?? accessToken,
  }),
}))
const { transition } = await import('./transition.ts')
afterAll(() => {
  vi.doUnmock('../renewal.ts')
  vi.resetModules()
})

describe('the machine', () => {
  const renew = (kind: 'developer' | 'product' | 'user') =>
    transition(signedIn({ identity: createIdentity(kind), tokens: createRefreshableTokens() }), events.renew)

  it.each(['developer', 'user'] as const)('rejects a refresh of a %s client, whatever renewal says', (kind) => {
    const next = renew(kind)

    expect(getTokenRequest(next)).toBeUndefined()
    expect(getError(next)).toMatchObject({
      code: 'grant_not_allowed',
      details: { grantType: 'refresh_token', clientKind: kind },
    })
  })

  it('refreshes for a product client', () => {
    expect(getTokenRequest(renew('product'))?.grant_type).toBe('refresh_token')
  })
})
