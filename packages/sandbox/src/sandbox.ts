import type { SandboxClock } from './clock.ts'
import type { FaultOptions, Faults } from './control/faults.ts'
import type { JournalEntry } from './control/journal.ts'
import type { HttpRequest } from './http/request.ts'
import type { HttpResponse } from './http/response.ts'
import type { SsoControl } from './identity-provider/approval.ts'
import type { AccountOptions, AccountView } from './state/accounts.ts'
import type { ClientOptions } from './state/clients.ts'
import type { Settings } from './state/settings.ts'

/** Accounts, clients, clock and settings of a sandbox. Everything has a default. */
export interface SandboxOptions extends Partial<Settings> {
  /** @default defaultAccounts */
  accounts?: readonly AccountOptions[]
  /** @default defaultClients */
  clients?: readonly ClientOptions[]
  /** @default a clock that runs with real time */
  clock?: SandboxClock
}

/** Selects the tokens that `revoke` and `expire` end. */
export interface TokenFilter {
  /** @default all accounts */
  username?: string
  /** Also ends the refresh tokens. @default false */
  refreshTokens?: boolean
}

/** A local Particle cloud for authentication. */
export interface Sandbox {
  /** Responds as the service would. It has the parameters of `fetch`, and can be passed as `fetch`. */
  fetch(input: Request | URL | string, init?: RequestInit): Promise<Response>
  /** Responds to a request that a server received. Rejects if the server should end the connection. */
  handle(request: HttpRequest): Promise<HttpResponse>
  readonly clock: SandboxClock
  /** Makes the next matching request fail. Faults are queued. Throws a TypeError on a wrong fault. */
  failNext(fault: FaultOptions): void
  /** The queued faults. */
  readonly faults: Pick<Faults, 'list' | 'clear'>
  /** Returns the requests so far without secrets, the oldest first. */
  requests(): JournalEntry[]
  /** Calls `listener` after each request. Returns the unsubscribe function. */
  subscribe(listener: (entry: JournalEntry) => void): () => void
  /** Returns the current code of an account with MFA, or of its enrolment. Throws a TypeError without either. */
  otp(username: string): string
  /** Revokes access tokens, and returns how many. Throws a TypeError on a wrong filter, as `expire` does. */
  revoke(filter?: TokenFilter): { tokens: number }
  /** Makes access tokens expired, and returns how many. */
  expire(filter?: TokenFilter): { tokens: number }
  /** What a person does at the identity provider: signs in through SSO, or refuses. */
  readonly sso: SsoControl
  /** Restores the start: accounts, tokens, counts, faults, journal and clock. */
  reset(): void
  /** The accounts with their passwords and current codes. All of it is test data. */
  readonly accounts: AccountView[]
  readonly clients: readonly ClientOptions[]
  readonly settings: Readonly<Settings>
}
