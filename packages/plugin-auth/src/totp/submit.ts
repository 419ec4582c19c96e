import { setTimeout as delay } from 'node:timers/promises'
import type { Clock, Secret, SignedIn, SignInSession, Store } from '@particle-grants/core'
import { isGrantsError } from '../errors/cli-error.ts'
import { getRecordKey, type TotpAccount, type TotpKey } from './key.ts'

/** A TOTP secret, and where the time steps whose code was sent are recorded. */
export interface TotpOptions {
  readonly key: TotpKey
  readonly account: TotpAccount
  /** All processes of a machine must use the same store. */
  readonly steps: Store
  readonly clock?: Pick<Clock, 'now' | 'sleep'>
  /** How many codes {@link submitTotp} may send. @default 2 */
  readonly maxCodes?: 1 | 2 | undefined
  /** Called before each wait for the next code. */
  readonly onWait?: (waitMs: number, reason: 'used' | 'rejected') => void
}

type ChallengedSession = Pick<SignInSession, 'submitOtp' | 'state'>

/**
 * Answers the MFA challenge of a session with a generated code. The code of a time step is sent once only, whichever
 * process sends it; if it was used, this waits for the next one. After a rejected code it sends one more: two rejections
 * mean that the secret or the clock is wrong.
 */
export async function submitTotp(session: ChallengedSession, options: TotpOptions): Promise<SignedIn> {
  try {
    return await submitCode(session, options, 'used')
  } catch (thrown) {
    if (options.maxCodes === 1 || !isGrantsError(thrown, 'invalid_code')) throw thrown
  }
  return submitCode(session, options, 'rejected')
}

async function submitCode(
  session: ChallengedSession,
  options: TotpOptions,
  reason: 'used' | 'rejected',
): Promise<SignedIn> {
  try {
    return await session.submitOtp(await takeCode(options, reason))
  } catch (thrown) {
    // While this process waited, another one has signed in the same session.
    if (isGrantsError(thrown, 'no_challenge') && session.state.status === 'signed_in') return session.state
    throw thrown
  }
}

const systemClock: Clock = { now: () => Date.now(), sleep: (ms) => delay(ms) }

/** Generates a code that no other process sends. Waits for the next time step if the current one was used. */
export async function takeCode(
  { key, account, steps, clock = systemClock, onWait }: TotpOptions,
  reason: 'used' | 'rejected' = 'used',
): Promise<Secret> {
  for (;;) {
    const step = Math.floor(clock.now() / key.stepMs)
    const nextStep = await claimStep(steps, account, step)
    if (nextStep === undefined) return key.generateCode(step)
    const waitMs = nextStep * key.stepMs - clock.now()
    onWait?.(waitMs, reason)
    await clock.sleep?.(waitMs)
  }
}

/** A clock that was set back by up to 2 steps waits. If it was set back by more, it was wrong before. */
const maxStepsBack = 2

/**
 * Claims a time step: only this caller may send its code. It counts as used, even if sending fails. Returns the step to
 * wait for if it was used; `undefined`: it is claimed.
 */
export async function claimStep(steps: Store, account: TotpAccount, step: number): Promise<number | undefined> {
  const name = getRecordKey('steps', account)
  return steps.withLock(name, async () => {
    const record = await steps.load(name)
    // A damaged record is no number: its codes have expired.
    const used = Number(record?.value)
    if (used >= step && used - step <= maxStepsBack) return used + 1
    await steps.save(name, String(step), record?.version ?? null)
    return undefined
  })
}
