import type { ErrorCode, ErrorDetails } from '../errors/details.ts'
import type { Effect, RefuseEffect } from './effect.ts'
import type { State } from './state.ts'

/** What a transition gives: the next state, and what its runner has to do, in this order. */
export interface Step<S extends State = State> {
  readonly state: S
  readonly effects: readonly Effect[]
}

/** A step to a state with these effects. */
export function step<S extends State>(state: S, ...effects: Effect[]): Step<S> {
  return { state, effects }
}

/** The effect that tells the caller why a step did not get on. */
export function refuse<C extends ErrorCode>(code: C, details: ErrorDetails[C]): RefuseEffect {
  return { type: 'refuse', refusal: { code, details } as RefuseEffect['refusal'] }
}
