import { type AnyGrantsError, GrantsError } from '../errors/grants-error.ts'
import type { Refusal } from '../machine/effect.ts'

/** What came of a step besides the state. */
export interface Outcome {
  /** Why the step did not get on. */
  refusal?: AnyGrantsError
  /** Why the session could not be saved or removed. */
  storeFailure?: unknown
  /** What became of the access token, where it was to be revoked. */
  revocation?: 'revoked' | AnyGrantsError
}

/** Throws what kept a step from getting on. */
export function throwRefusal({ refusal, storeFailure }: Outcome): void {
  if (refusal !== undefined) throw refusal
  if (storeFailure !== undefined) throw storeFailure
}

/** A store that fails stops nothing: what the session holds in memory counts, and the failure is told at the end. */
export async function noting(outcome: Outcome, run: () => Promise<void>): Promise<void> {
  try {
    await run()
  } catch (thrown) {
    outcome.storeFailure = thrown
  }
}

/** The typed error of a refusal. */
export function toError({ code, details, cause }: Refusal): AnyGrantsError {
  return new GrantsError(code, details, cause && { cause }) as AnyGrantsError
}
