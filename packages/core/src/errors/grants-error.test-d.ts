import { describe, expectTypeOf, it } from 'vitest'
import type { GrantType } from '../grants/catalogue.ts'
import type { ErrorCode } from './details.ts'
import { type AnyGrantsError, GrantsError } from './grants-error.ts'

declare const thrown: unknown

describe('an error', () => {
  it('has details that follow from its code', () => {
    if (!GrantsError.isInstance(thrown)) return
    expectTypeOf(thrown).toEqualTypeOf<AnyGrantsError>()
    expectTypeOf(thrown).not.toBeAny()
    if (thrown.code === 'code_refused') {
      expectTypeOf(thrown.details).toEqualTypeOf<{ readonly triesLeft: number; readonly endsAt: number }>()
    }
    if (thrown.code === 'challenge_over') {
      expectTypeOf(thrown.details.reason).toEqualTypeOf<'tries' | 'age'>()
      // @ts-expect-error another code's details
      expectTypeOf(thrown.details.triesLeft)
    }
    if (thrown.code === 'grant_refused') expectTypeOf(thrown.details.grant_type).toEqualTypeOf<GrantType>()
    // @ts-expect-error which details it has is not known before its code is
    expectTypeOf(thrown.details.reason)
  })

  it('has one of the codes, and no other', () => {
    if (!GrantsError.isInstance(thrown)) return
    expectTypeOf(thrown.code).toEqualTypeOf<ErrorCode>()
    // @ts-expect-error no such code
    void (thrown.code === 'code_wrong')
  })

  it('is made with the details of its code', () => {
    new GrantsError('challenge_over', { reason: 'age' })
    // @ts-expect-error another code's details
    new GrantsError('challenge_over', { triesLeft: 1, endsAt: 0 })
    // @ts-expect-error the reason is missing
    new GrantsError('challenge_over', {})
    // @ts-expect-error a cause that may hold anything
    new GrantsError('no_challenge', {}, { cause: { config: {} } })
  })
})
