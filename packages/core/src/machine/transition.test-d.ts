import { describe, expectTypeOf, it } from 'vitest'
import type { grants } from '../grants/catalogue.ts'
import type { Renewal } from '../renewal.ts'
import type { EventType, MachineEvent } from './event.ts'
import type { parseState, serializeState } from './serialize.ts'
import type { MachineState, RenewingState, RequestingState, SettledState, Status, statuses } from './state.ts'
import type { Transition, transition } from './transition.ts'

describe('the machine', () => {
  it('takes any state and any event, and returns a state and effects', () => {
    expectTypeOf<typeof transition>().parameters.toEqualTypeOf<[MachineState, MachineEvent]>()
    expectTypeOf<ReturnType<typeof transition>>().toEqualTypeOf<Transition>()
    expectTypeOf<Transition>().not.toBeAny()
    expectTypeOf<EventType>().not.toBeAny()
    expectTypeOf<(typeof statuses)[number]>().toEqualTypeOf<Status>()
  })

  it('serializes settled states only', () => {
    expectTypeOf<Parameters<typeof serializeState>[0]>().toEqualTypeOf<SettledState>()
    expectTypeOf<ReturnType<typeof parseState>>().toEqualTypeOf<SettledState>()
    expectTypeOf<RequestingState | RenewingState>().not.toExtend<SettledState>()
  })
})

describe('a refresh', () => {
  it('is a renewal, and never a sign-in', () => {
    expectTypeOf<'refresh_token'>().not.toExtend<RequestingState['grantType']>()
    expectTypeOf<RenewingState['grantType']>().toEqualTypeOf<'refresh_token' | 'client_credentials'>()
    expectTypeOf<NonNullable<Renewal['grantType']>>().toEqualTypeOf<RenewingState['grantType']>()
  })

  it('is for product clients only in the whole catalogue', () => {
    expectTypeOf<(typeof grants)['refresh_token']['clients'][number]>().toEqualTypeOf<'product'>()
  })
})
