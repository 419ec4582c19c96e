import type { Connection } from './call.ts'
import type { SandboxClock } from './clock.ts'
import type { MemberType } from './control/check.ts'
import type { FaultOptions, Faults } from './control/faults.ts'
import type { JournalEntry } from './control/journal.ts'
import type { AccountView } from './model/account-view.ts'
import type { ClientOptions } from './model/options.ts'
import type { Settings } from './model/settings.ts'

/** Whose tokens `revoke` and `expire` are about. */
export interface TokenChoice {
  /** @default everyone's */
  username?: string
  /** Ends their refresh tokens as well. @default false */
  refreshTokens?: boolean
}

/** The members of a {@link TokenChoice}. */
export const tokenChoiceMembers = {
  username: ['string'],
  refreshTokens: ['boolean'],
} as const satisfies Record<keyof TokenChoice, readonly MemberType[]>

/** A local Particle cloud for auth. */
export interface Sandbox {
  /** Answers as the service would. Bound, so that it can stand in for `fetch`; takes what `fetch` takes. */
  fetch(input: Request | URL | string, init?: RequestInit): Promise<Response>
  /** As `fetch`, for servers, which know where a request came from. Rejects where the connection is to end. */
  answer(request: Request, connection: Connection): Promise<Response>
  readonly clock: SandboxClock
  /** Lets the next request that matches fail. Faults wait in a row; throws a TypeError on a wrong one. */
  failNext(fault: FaultOptions): void
  /** The faults that still wait. */
  readonly faults: Pick<Faults, 'list' | 'clear'>
  /** The requests so far, the oldest first, without secrets. */
  requests(): JournalEntry[]
  /** Calls a listener with every request from now on; what it returns ends that. */
  subscribe(listener: (entry: JournalEntry) => void): () => void
  /** The current code of an account with MFA, or of its enrolment. Throws a TypeError where there is neither. */
  otp(username: string): string
  /** Revokes access tokens, and says how many. Throws a TypeError on a wrong choice, as `expire` does. */
  revoke(choice?: TokenChoice): { tokens: number }
  /** Lets access tokens have expired a moment ago, and says how many. */
  expire(choice?: TokenChoice): { tokens: number }
  /** Everything back to the start: accounts, tokens, counts, faults, journal, clock. */
  reset(): void
  /** The accounts as they are now, with their passwords and codes: all of it is test data. */
  readonly accounts: AccountView[]
  readonly clients: readonly ClientOptions[]
  readonly settings: Readonly<Settings>
}
