import { type AnyGrantsError, type ErrorCode, GrantsError } from '@particle-grants/core'

/** Something that the story says and that is not so. */
export class BrokenClaim extends Error {
  override readonly name = 'BrokenClaim'
}

/** Says what must hold here, and counts that it did. Throws a {@link BrokenClaim} where it does not. */
export type Expect = (claim: string, holds: boolean) => void

/** The error with this code that a promise rejects with. Throws a {@link BrokenClaim} for anything else. */
export async function refusal<C extends ErrorCode>(
  promise: Promise<unknown>,
  code: C,
): Promise<Extract<AnyGrantsError, GrantsError<C>>> {
  const thrown: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!GrantsError.isInstance(thrown) || thrown.code !== code) {
    const got = thrown === undefined ? 'it went through' : String(thrown)
    throw new BrokenClaim(`This should be refused with ${code}, but: ${got}`)
  }
  return thrown as Extract<AnyGrantsError, GrantsError<C>>
}

/** A value that an earlier step has left. */
export function given<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new BrokenClaim(`An earlier step should have left ${what}`)
  return value
}
