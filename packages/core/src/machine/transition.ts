import { GrantsError } from '../errors/grants-error.ts'
import type { Event } from './event.ts'
import { guards } from './guards.ts'
import { reducers } from './reducers.ts'
import type { Transition } from './row.ts'
import type { State } from './state.ts'
import type { Step } from './step.ts'
import { transitions } from './transitions.ts'

/**
 * The next state and the effects of an event, pure: nothing is sent, stored or timed here.
 * Throws `invalid_transition` for an answer that no request is waiting for.
 */
export function transition(state: State, event: Event): Step {
  const row = rowFor(state, event)
  if (row === undefined) {
    throw new GrantsError('invalid_transition', { status: state.status, event: event.type })
  }
  return call(reducers[row.do], state, event)
}

/** The row of the table that this event takes in this state; `undefined` for a forbidden cell. */
export function rowFor(state: State, event: Event): Transition | undefined {
  return transitions.find(
    ({ from, on, when }) =>
      from === state.status && on === event.type && when.every((guard) => call(guards[guard], state, event)),
  )
}

/** The table's type has made sure that the function takes this state and this event; only the compiler forgot. */
function call<T>(run: (state: never, event: never) => T, state: State, event: Event): T {
  return run(state as never, event as never)
}
