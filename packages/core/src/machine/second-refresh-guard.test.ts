import { afterAll, expect, it, vi } from 'vitest'
import { requestOf } from '../../test/effects.ts'
import { events } from '../../test/events.ts'
import { identityOf, refreshable, signedIn } from '../../test/states.ts'

// As if renewal had a bug: it wants to refresh every token, whoever holds it. Other test files share this process, so
// the machine is imported again with the mock, and the mock is removed afterwards.
vi.resetModules()
vi.doMock(import('../renewal.ts'), async (original) => ({
  ...(await original()),
  renewalOf: (_, tokens) => ({
    by: 'refresh_token',
    refreshToken: tokens.refreshToken ?? tokens.accessToken,
  }),
}))
const { transition } = await import('./transition.ts')
afterAll(() => {
  vi.doUnmock('../renewal.ts')
  vi.resetModules()
})

it.each([
  ['developer', undefined],
  ['user', undefined],
  ['product', 'refresh_token'],
] as const)('the machine refuses a refresh that renewal asks for by mistake: %s sends %s', (kind, sent) => {
  const state = signedIn({ identity: identityOf(kind), tokens: refreshable() })

  expect(requestOf(transition(state, events.renew))?.grant_type).toBe(sent)
})
