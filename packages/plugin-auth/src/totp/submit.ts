import { setTimeout as delay } from 'node:timers/promises'
import {
  type Clock,
  GrantsError,
  type Secret,
  type SignedIn,
  type SignInSession,
  type Store,
} from '@particle-grants/core'
import type { TotpKey } from './key.ts'
import { getRecordKey, type TotpAccount } from './key.ts'

/** A TOTP secret, and where the time steps whose code was sent are recorded. */
export interface TotpOptions {
  readonly key: TotpKey
  readonly account: TotpAccount
  /** All processes of a machine must use the same store. */
  readonly steps: Store
  readonly clock?: Clock
  readonly signal?: AbortSignal
  /** Called before each wait for the next code. */
  readonly onWait?: (waitMs: number, reason: 'used' | 'rejected') => void
}

export interface SubmitTotpOptions extends TotpOptions {
  /** How many codes may be sent. @default 2 */
  readonly maxCodes?: 1 | 2 | undefined
}

type ChallengedSession = Pick<SignInSession, 'submitOtp' | 'state'>

/**
 * Answers the MFA challenge of a session with a generated code. The code of a time step is sent once only, whichever
 * process sends it; if it was used, this waits for the next one. After a rejected code it sends one more: two rejections
 * mean that the secret or the clock is wrong.
 */
export async function submitTotp(session: ChallengedSession, options: SubmitTotpOptions): Promise<SignedIn> {
  try {
    return await submitCode(session, options, 'used')
  } catch (thrown) {
    if (options.maxCodes === 1 || getCode(thrown) !== 'invalid_code') throw thrown
  }
  return submitCode(session, options, 'rejected')
}

async function submitCode(
  session: ChallengedSession,
  options: SubmitTotpOptions,
  reason: 'used' | 'rejected',
): Promise<SignedIn> {
  try {
    return await session.submitOtp(await takeCode(options, reason), { signal: options.signal })
  } catch (thrown) {
    // While this process waited, another one has signed in the same session.
    if (getCode(thrown) === 'no_challenge' && session.state.status === 'signed_in') return session.state
    throw thrown
  }
}

function getCode(thrown: unknown): string | undefined {
  return GrantsError.isInstance(thrown) ? thrown.code : undefined
}

/** Generates a code that no other process sends. Waits for the next time step if the current one was used. */
export async function takeCode(options: TotpOptions, reason: 'used' | 'rejected' = 'used'): Promise<Secret> {
  const { key, account, steps, clock = { now: () => Date.now() }, signal, onWait } = options
  for (;;) {
    signal?.throwIfAborted()
    const step = Math.floor(clock.now() / key.stepMs)
    const claim = await claimStep(steps, account, step)
    if (claim.isClaimed) return key.generateCode(step)
    const waitMs = claim.nextStep * key.stepMs - clock.now()
    onWait?.(waitMs, reason)
    signal?.throwIfAborted()
    await sleep(clock, waitMs, signal)
  }
}

async function sleep(clock: Clock, ms: number, signal: AbortSignal | undefined): Promise<void> {
  if (clock.sleep !== undefined) return clock.sleep(ms, signal)
  await delay(ms, undefined, { signal }).catch(() => {})
}

// ─── Used time steps ─────────────────────────────────────────────────────────────────────────────────────────────────

/** More than a challenge has attempts. */
const maxRemembered = 8

/** A clock that was set back by up to 2 steps waits. If it was set back by more, it was wrong before. */
const maxStepsBack = 2

export type Claim = { readonly isClaimed: true } | { readonly isClaimed: false; readonly nextStep: number }

/** Claims a time step: only this caller may send its code. It counts as used, even if sending fails. */
export async function claimStep(steps: Store, account: TotpAccount, step: number): Promise<Claim> {
  const name = getRecordKey('steps', account)
  return steps.withLock(name, async () => {
    const record = await steps.load(name)
    const used = record === undefined ? [] : parseUsed(record.value)
    const later = used.filter((one) => one >= step && one - step <= maxStepsBack)
    if (later.length > 0) return { isClaimed: false, nextStep: Math.max(...later) + 1 }
    const value = JSON.stringify({ used: [...used, step].slice(-maxRemembered) })
    await steps.save(name, value, record?.version ?? null)
    return { isClaimed: true }
  })
}

/** A damaged record is ignored: its codes have expired. */
function parseUsed(text: string): number[] {
  try {
    const { used } = JSON.parse(text) as { used?: unknown }
    return Array.isArray(used) ? used.filter((one): one is number => Number.isSafeInteger(one)) : []
  } catch {
    return []
  }
}
