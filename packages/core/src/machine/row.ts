import type { EffectType } from './effect.ts'
import type { Event, EventType } from './event.ts'
import type { GuardName, Guards } from './guards.ts'
import type { ReducerName, Reducers } from './reducers.ts'
import type { State, Status } from './state.ts'

/** One row of the transition table, as data. Of a cell's rows, the first whose guards all hold is taken. */
export interface Transition {
  readonly from: Status
  readonly on: EventType
  /** The guards that must hold. */
  readonly when: readonly GuardName[]
  /** The reducer that makes the next state and the effects. */
  readonly do: ReducerName
  /** Where it leads: one status, or each of those that the session may go back to. */
  readonly to: readonly Status[]
  readonly effects: readonly EffectType[]
}

type StateOf<S extends Status> = Extract<State, { status: S }>
type EventOf<E extends EventType> = Extract<Event, { type: E }>

/** The names of those functions of a record that take this state and this event. */
type Taking<F, S extends Status, E extends EventType> = {
  [N in keyof F]: F[N] extends (state: infer FS, event: infer FE) => unknown
    ? [StateOf<S>, EventOf<E>] extends [FS, FE]
      ? N
      : never
    : never
}[keyof F]

/** A row as it is written down: it compiles only when guards and reducer take this state and this event. */
export interface Row<S extends Status, E extends EventType> {
  readonly when?: readonly Taking<Guards, S, E>[]
  readonly do: Taking<Reducers, S, E>
  readonly to: readonly (Status | 'same')[]
  readonly effects?: readonly EffectType[]
}

/** The table as it is written down: by state, then by event. A cell that is missing is forbidden. */
export type Table = { readonly [S in Status]: { readonly [E in EventType]?: readonly Row<S, E>[] } }
