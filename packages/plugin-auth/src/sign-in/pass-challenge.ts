import { GrantsError } from '@particle-grants/core'
import type { Connections } from '../connection/connection.ts'
import { RefusedCodes } from '../mfa/refused-codes.ts'
import {
  type Answering,
  answerBy,
  answerByAsking,
  answerByKeptKey,
  type ChallengeAnswer,
  type Telling,
} from './answer-challenge.ts'
import { CodeSender } from './code-sender.ts'
import { dropPending, holdChallenge, keepRefused } from './settle.ts'
import type { SignInUnderWay } from './sign-in-under-way.ts'

/** What answers a challenge, and where it is kept meanwhile. */
export interface ChallengeTerms {
  readonly profile: string
  readonly answer: ChallengeAnswer
  readonly mayAsk: boolean
  /** An earlier call stored it, and whoever calls now was asked whether to go on with it. */
  readonly isTakenUp: boolean
  readonly connections: Connections
  readonly telling: Telling
}

/** How a challenge was passed. */
export interface Passed {
  /** The key in the keyring was refused, and a code of somebody's taken. */
  readonly keptKeyRefused: boolean
}

/** Answers the challenge of a sign-in, where it has one. Rejects with `mfa_required` where a code is awaited. */
export async function passChallenge(underWay: SignInUnderWay, terms: ChallengeTerms): Promise<Passed> {
  if (underWay.state.status !== 'mfa_required') return { keptKeyRefused: false }
  try {
    return await answer(underWay, terms)
  } catch (thrown) {
    // Nothing can answer it any more.
    if (GrantsError.isInstance(thrown) && thrown.code === 'challenge_over')
      await dropPending(terms.profile, terms.connections)
    throw thrown
  }
}

async function answer(underWay: SignInUnderWay, terms: ChallengeTerms): Promise<Passed> {
  const { profile, mayAsk, isTakenUp, connections, telling } = terms
  if (underWay.state.status !== 'mfa_required') return { keptKeyRefused: false }
  const { triesLeft, endsAt, mfaToken } = underWay.state.challenge
  // Kept before a code is sent: one that is refused leaves the challenge open for the next call.
  const isKept = isTakenUp || terms.answer !== undefined || !mayAsk
  if (isKept && !isTakenUp) await holdChallenge(underWay, profile, connections)
  const refused = new RefusedCodes(mfaToken, underWay.signIn.refused)
  const onRefused = async () => {
    if (isKept) await keepRefused(refused.hashes, profile, connections)
  }
  const sender = new CodeSender(underWay.session, { refused, onRefused })
  const answering: Answering = { sender, signIn: underWay.signIn, connections, telling }

  if (terms.answer !== undefined) {
    await answerBy(terms.answer, answering)
    return { keptKeyRefused: false }
  }
  const kept = isTakenUp ? 'none' : await answerByKeptKey(answering, { mayAsk })
  if (kept === 'taken') return { keptKeyRefused: false }
  if (!mayAsk) throw new GrantsError('mfa_required', { triesLeft, endsAt })
  await answerByAsking(answering)
  return { keptKeyRefused: kept === 'refused' }
}
