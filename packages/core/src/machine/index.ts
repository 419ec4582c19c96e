// The state machine: pure functions that decide what a session requests, saves and rejects.

export { getRenewal, getRenewalTime, isBackingOff, type Renewal } from '../renewal.ts'
export { type OwnerSubject, owner, type TokenSubject } from '../subject.ts'
export type * from './event.ts'
export { defaultChallengeLimits } from './event.ts'
export { parseState, serializeState } from './serialize.ts'
export type * from './state.ts'
export {
  canRequestClientToken,
  getBoundSubject,
  getTokens,
  initialState,
  isChallengeOpen,
  isSettled,
  isTokenValid,
  statuses,
} from './state.ts'
export { type Transition, transition } from './transition.ts'
