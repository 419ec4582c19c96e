import type { RefuseEffect } from './effect.ts'
import type { MfaRequired, SignedIn, SignedOut } from './state.ts'
import { refuse } from './step.ts'

/** What is left when a challenge is over: tokens from before, or nothing. */
export function closeChallenge({ identity, held }: MfaRequired): SignedIn | SignedOut {
  return held === undefined
    ? { status: 'signed_out', identity, reason: 'challenge_over' }
    : { status: 'signed_in', identity, tokens: held, renewalStopped: undefined, renewalPostponed: undefined }
}

/** Tells why the challenge is over. */
export function refuseOver({ challenge }: MfaRequired): RefuseEffect {
  return refuse('challenge_over', { reason: challenge.triesLeft > 0 ? 'age' : 'tries' })
}
