import { describe, expectTypeOf, it } from 'vitest'
import { type AnyGrantsError, type ErrorCode, GrantsError, type Retry } from './errors.ts'
import type { GrantType } from './grants/catalogue.ts'

declare const thrown: unknown

describe('GrantsError', () => {
  it('has details that follow from its code', () => {
    if (!GrantsError.isInstance(thrown)) return
    expectTypeOf(thrown).toEqualTypeOf<AnyGrantsError>()
    expectTypeOf(thrown).not.toBeAny()
    if (thrown.code === 'invalid_code') {
      expectTypeOf(thrown.details).toEqualTypeOf<{
        readonly attemptsLeft: number
        readonly expiresAt: number
        readonly retryAt?: number | undefined
      }>()
    }
    if (thrown.code === 'challenge_expired') {
      expectTypeOf(thrown.details.reason).toEqualTypeOf<'attempts' | 'age'>()
      // @ts-expect-error details of another code
      expectTypeOf(thrown.details.attemptsLeft)
    }
    if (thrown.code === 'oauth_error') {
      expectTypeOf(thrown.details.grantType).toEqualTypeOf<GrantType>()
      expectTypeOf<'invalid_grant'>().toExtend<typeof thrown.details.error>()
    }
    // @ts-expect-error the details are not known before the code is
    expectTypeOf(thrown.details.reason)
  })

  it('has one of the codes, and no other', () => {
    if (!GrantsError.isInstance(thrown)) return
    expectTypeOf(thrown.code).toEqualTypeOf<ErrorCode>()
    // @ts-expect-error an unknown code
    void (thrown.code === 'code_wrong')
  })

  it('has a retry and perhaps a retryAt', () => {
    if (!GrantsError.isInstance(thrown)) return
    expectTypeOf(thrown.retry).toEqualTypeOf<Retry>()
    expectTypeOf(thrown.retryAt).toEqualTypeOf<number | undefined>()
  })

  it('is created with the details of its code', () => {
    new GrantsError('challenge_expired', 'x', { reason: 'age' })
    // @ts-expect-error details of another code
    new GrantsError('challenge_expired', 'x', { attemptsLeft: 1, expiresAt: 0 })
    // @ts-expect-error the reason is missing
    new GrantsError('challenge_expired', 'x', {})
    // @ts-expect-error a cause that may contain anything
    new GrantsError('no_challenge', 'x', {}, { cause: { config: {} } })
  })
})
