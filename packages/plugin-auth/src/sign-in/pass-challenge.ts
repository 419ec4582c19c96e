import { GrantsError } from '@particle-grants/core'
import type { Connections } from '../connection/connection.ts'
import {
  type Answering,
  answerBy,
  answerByAsking,
  answerByKeptKey,
  type ChallengeAnswer,
  type Telling,
} from './answer-challenge.ts'
import { dropPending, saveChallenge } from './settle.ts'
import type { SignInUnderWay } from './sign-in-under-way.ts'

/** What answers a challenge, and where it is kept meanwhile. */
export interface ChallengeTerms {
  readonly profile: string
  readonly answer: ChallengeAnswer
  readonly mayAsk: boolean
  /** An earlier call stored the challenge, and this call continues it. */
  readonly isResumed: boolean
  readonly connections: Connections
  readonly telling: Telling
}

/** How a challenge was passed. */
export interface Passed {
  /** The key in the keyring was rejected, and a typed code accepted. */
  readonly keptKeyRefused: boolean
}

/** Answers the challenge of a sign-in, where it has one. Rejects with `mfa_required` where a code is awaited. */
export async function passChallenge(underWay: SignInUnderWay, terms: ChallengeTerms): Promise<Passed> {
  try {
    return await answer(underWay, terms)
  } catch (thrown) {
    // Nothing can answer it any more.
    if (GrantsError.isInstance(thrown) && thrown.code === 'challenge_expired')
      await dropPending(terms.profile, terms.connections)
    throw thrown
  }
}

async function answer(underWay: SignInUnderWay, terms: ChallengeTerms): Promise<Passed> {
  const { profile, mayAsk, isResumed, connections, telling } = terms
  const { session, signIn } = underWay
  const { state } = session
  if (state.status !== 'mfa_required') return { keptKeyRefused: false }
  const { attemptsLeft, expiresAt } = state.challenge
  // Saved before a code is sent: a rejected one leaves the challenge open for the next call.
  if (!isResumed && (terms.answer !== undefined || !mayAsk))
    await saveChallenge(underWay, profile, connections)
  const answering: Answering = { session, signIn, connections, telling }
  if (terms.answer !== undefined) {
    await answerBy(terms.answer, answering)
    return { keptKeyRefused: false }
  }
  const kept = isResumed ? 'none' : await answerByKeptKey(answering, { mayAsk })
  if (kept === 'taken') return { keptKeyRefused: false }
  if (!mayAsk) {
    throw new GrantsError('mfa_required', 'An MFA code is required.', { attemptsLeft, expiresAt })
  }
  await answerByAsking(answering)
  return { keptKeyRefused: kept === 'refused' }
}
