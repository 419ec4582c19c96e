import { describe, expectTypeOf, it } from 'vitest'
import type { Event } from './event.ts'
import type { GuardName, Guards } from './guards.ts'
import type { Reducers } from './reducers.ts'
import type { Row, Table } from './row.ts'
import type { serializeState } from './serialize-state.ts'
import type { Renewing, Requesting, SettledState, State } from './state.ts'
import type { transition } from './transition.ts'

function row<S extends State['status'], E extends Event['type']>(_: Row<S, E>): void {}

describe('a row of the table', () => {
  it('is none of any', () => {
    expectTypeOf<Row<'signed_in', 'renew'>['do']>().not.toBeAny()
    expectTypeOf<Row<'signed_in', 'renew'>['when']>().not.toBeAny()
    expectTypeOf<Guards[GuardName]>().not.toBeAny()
    expectTypeOf<Reducers[keyof Reducers]>().not.toBeAny()
  })

  it('takes reducers and guards that take its state and its event', () => {
    row<'signed_in', 'renew'>({ when: ['renewable_by_refresh'], do: 'refresh', to: ['renewing'] })
    row<'signed_out', 'login'>({ when: ['username_fits'], do: 'start_login', to: ['requesting'] })
    row<'requesting', 'granted'>({ when: ['scope_fits'], do: 'sign_in', to: ['signed_in'] })
    row<'requesting', 'time_passed'>({ do: 'stay', to: ['same'] })
  })

  it('takes no reducer of another state', () => {
    // @ts-expect-error refresh takes signed_in
    row<'signed_out', 'renew'>({ do: 'refresh', to: ['renewing'] })
    // @ts-expect-error send_otp takes mfa_required
    row<'signed_in', 'submit_otp'>({ do: 'send_otp', to: ['requesting'] })
    // @ts-expect-error take_renewed takes renewing
    row<'requesting', 'granted'>({ do: 'take_renewed', to: ['signed_in'] })
  })

  it('takes no reducer of another event', () => {
    // @ts-expect-error start_login takes login
    row<'signed_out', 'authorize'>({ do: 'start_login', to: ['requesting'] })
    // @ts-expect-error sign_in takes granted
    row<'requesting', 'challenged'>({ do: 'sign_in', to: ['signed_in'] })
  })

  it('takes no guard of another state or event', () => {
    // @ts-expect-error challenge_open takes mfa_required
    row<'signed_in', 'submit_otp'>({ when: ['challenge_open'], do: 'refuse_without_challenge', to: ['same'] })
    // @ts-expect-error revocation_wanted takes logout
    row<'signed_in', 'renew'>({ when: ['revocation_wanted'], do: 'refuse_renewal', to: ['same'] })
  })

  it('takes no names that there are not', () => {
    // @ts-expect-error no such reducer
    row<'signed_in', 'renew'>({ do: 'renew', to: ['renewing'] })
    // @ts-expect-error no such status
    row<'signed_in', 'renew'>({ do: 'refresh', to: ['refreshing'] })
    // @ts-expect-error no such effect
    row<'signed_in', 'renew'>({ do: 'refresh', to: ['renewing'], effects: ['send'] })
  })

  it('is in a table that names each status', () => {
    expectTypeOf<keyof Table>().toEqualTypeOf<State['status']>()
  })
})

describe('the machine', () => {
  it('takes any state and any event, and gives a state and effects', () => {
    expectTypeOf<typeof transition>().parameters.toEqualTypeOf<[State, Event]>()
    expectTypeOf<ReturnType<typeof transition>['state']>().toEqualTypeOf<State>()
    expectTypeOf<ReturnType<typeof transition>>().not.toBeAny()
  })

  it('serialises settled states only', () => {
    expectTypeOf<Parameters<typeof serializeState>[0]>().toEqualTypeOf<SettledState>()
    expectTypeOf<Requesting | Renewing>().not.toExtend<SettledState>()
  })
})
