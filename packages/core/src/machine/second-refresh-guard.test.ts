import { expect, it, vi } from 'vitest'
import { requestOf } from '../../test/effects.ts'
import { events } from '../../test/events.ts'
import { identityOf, refreshable, signedIn } from '../../test/states.ts'
import { transition } from './transition.ts'

// As if renewal itself had a bug: everything is to be refreshed, whoever holds it.
vi.mock(import('../renewal.ts'), async (original) => ({
  ...(await original()),
  renewalOf: (_, tokens) => ({
    by: 'refresh_token',
    refreshToken: tokens.refreshToken ?? tokens.accessToken,
  }),
}))

it.each([
  ['developer', undefined],
  ['user', undefined],
  ['product', 'refresh_token'],
] as const)('the machine’s own guard stands where renewal fails: %s sends %s', (kind, sent) => {
  const state = signedIn({ identity: identityOf(kind), tokens: refreshable() })

  expect(requestOf(transition(state, events.renew))?.grant_type).toBe(sent)
})
