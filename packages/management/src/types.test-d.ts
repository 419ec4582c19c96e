import type { Secret, StaticSession } from '@particle-grants/core'
import { describe, expectTypeOf, it } from 'vitest'
import { changeApiUserScopes, createApiUser, type rotateApiUser } from './index.ts'

declare const session: StaticSession
const options = { username: 'ci+1@api.particle.io', name: 'CI', scopes: ['devices:list'] }

describe('the calls', () => {
  it('take any session, and the team of a product or of an organization', () => {
    void createApiUser(session, { product: 1234, ...options })
    void createApiUser(session, { organization: 'my-company', ...options })
    // @ts-expect-error one of both
    void createApiUser(session, options)
    // @ts-expect-error not both
    void createApiUser(session, { product: 1234, organization: 'my-company', ...options })
  })

  it('always return the new token', () => {
    expectTypeOf(changeApiUserScopes).returns.resolves.toHaveProperty('token').toEqualTypeOf<Secret>()
    expectTypeOf<Awaited<ReturnType<typeof rotateApiUser>>['token']>().toEqualTypeOf<Secret>()
  })
})
