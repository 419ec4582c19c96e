import { setTimeout as sleepInRealTime } from 'node:timers/promises'
import {
  type Clock,
  GrantsError,
  type Secret,
  type SignedIn,
  type SignInSession,
  type Store,
} from '@particle-grants/core'
import type { TotpAccount } from './account.ts'
import type { TotpKey } from './key.ts'
import { claimStep } from './steps.ts'

/** What taking a code of a key needs. */
export interface TotpSteps {
  readonly key: TotpKey
  readonly account: TotpAccount
  /** Remembers the time steps that were used. All processes of a machine must name the same one. */
  readonly steps: Store
  readonly clock?: Clock
  readonly signal?: AbortSignal
  /** Called before each wait for another time step: how long it takes in milliseconds, and why. */
  readonly onWait?: (milliseconds: number, why: 'used' | 'refused') => void
}

/** What signing in with an authenticator's key needs. */
export interface SubmitTotpOptions extends TotpSteps {
  /** How many codes may be sent: one, or after a refusal another. @default 2 */
  readonly codes?: 1 | 2
}

/**
 * Answers a session's challenge with a code of the key. No time step's code is sent twice, by no two processes
 * either: where the current one was sent, it waits for the next. After a refused code it sends one more, and no
 * third: two in a row mean a wrong key or clock, and failures lead to a lockout.
 */
export async function submitTotp(
  session: Pick<SignInSession, 'submitOtp' | 'state'>,
  options: SubmitTotpOptions,
): Promise<SignedIn> {
  try {
    return await submitCode(session, options, 'used')
  } catch (thrown) {
    if (options.codes === 1 || codeOf(thrown) !== 'invalid_code') throw thrown
  }
  return submitCode(session, options, 'refused')
}

async function submitCode(
  session: Pick<SignInSession, 'submitOtp' | 'state'>,
  options: SubmitTotpOptions,
  why: 'used' | 'refused',
): Promise<SignedIn> {
  try {
    return await session.submitOtp(await takeCode(options, why), { signal: options.signal })
  } catch (thrown) {
    // While this one waited for its time step, another process has signed the same session in.
    if (codeOf(thrown) === 'no_challenge' && session.state.status === 'signed_in') return session.state
    throw thrown
  }
}

function codeOf(thrown: unknown): string | undefined {
  return GrantsError.isInstance(thrown) ? thrown.code : undefined
}

/** The code of a time step that is this caller's alone; waits for one where the current step was used. */
export async function takeCode(options: TotpSteps, why: 'used' | 'refused' = 'used'): Promise<Secret> {
  const { key, account, steps, clock = systemClock, signal, onWait } = options
  for (;;) {
    signal?.throwIfAborted()
    const step = Math.floor(clock.now() / key.stepLength)
    const claim = await claimStep(steps, account, step)
    if (claim.claimed) return key.code(step)
    const wait = claim.next * key.stepLength - clock.now()
    onWait?.(wait, why)
    signal?.throwIfAborted()
    await sleep(clock, wait, signal)
  }
}

const systemClock: Clock = { now: () => Date.now() }

/** Sleeps until the time is over or the signal is aborted. */
async function sleep(clock: Clock, milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  if (clock.sleep !== undefined) return clock.sleep(milliseconds, signal)
  await sleepInRealTime(milliseconds, undefined, { signal }).catch(() => {})
}
