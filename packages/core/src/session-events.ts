import type { ErrorCode } from './errors.ts'
import type { GrantType } from './grants/catalogue.ts'
import { sha256Hex } from './store.ts'
import { formatSubject, type TokenSubject } from './subject.ts'

/** Why a token was requested: `login` for a sign-in of any grant, and otherwise what was wrong with the last token. */
export type TokenRequestTrigger = 'first' | 'background' | 'expired' | 'rejected' | 'forced' | 'login'

/** What each event carries beside its type, time and subject. No field is a secret. Times are milliseconds. */
interface EventDetails {
  /** A request was sent to the token endpoint, and has ended. */
  token_request: {
    readonly grantType: GrantType
    readonly trigger: TokenRequestTrigger
    /** Whether it passed the back-off of its account, with `force`. */
    readonly forced: boolean
    /** The HTTP status; absent without a response. */
    readonly status?: number | undefined
    /** The code of the error that the call rejects with; `mfa_required` if a code must follow. Absent for tokens. */
    readonly error?: ErrorCode | undefined
    readonly durationMs: number
  }
  /** A session got no new token: the request failed, or was never sent. */
  renewal_failed: {
    readonly trigger: TokenRequestTrigger
    readonly error: ErrorCode
    readonly retryAt?: number | undefined
  }
  /** The lockout guard held a request back. */
  held_back: {
    /** `secret`: refused before. `attempts`: used up. `refusals`: nine in a row. The others: Particle's limits. */
    readonly rule: 'secret' | 'attempts' | 'refusals' | 'lockout' | 'rate_limit'
    readonly retryAt?: number | undefined
  }
  /** A call waited at least 100 ms for other calls of its session or for other processes. */
  lock_wait: { readonly durationMs: number }
  /** The API rejected the session's token. */
  token_rejected: Record<never, never>
  store_failure: { readonly operation: 'lock' | 'load' | 'save'; readonly error: ErrorCode }
}

export type SessionEventType = keyof EventDetails

/** What a session reports to `onEvent`. */
export type SessionEvent = {
  readonly [T in SessionEventType]: {
    readonly type: T
    /** Milliseconds since 1970. */
    readonly at: number
    /**
     * Whose session it is, `customer:jane@example.com` for example, with `includeSubject`. Otherwise a hash, which is the
     * same for the same subject. Absent while it is not known.
     */
    readonly subject?: string | undefined
  } & EventDetails[T]
}[SessionEventType]

/** An event before the reporter adds its subject. */
export type NewSessionEvent = {
  [T in SessionEventType]: { readonly type: T; readonly at: number } & EventDetails[T]
}[SessionEventType]

export interface EventOptions {
  /** Called for each token request, failure and wait, for logs and metrics. What it throws is ignored. */
  readonly onEvent?: ((event: SessionEvent) => void) | undefined
  /** Whether events name their subject. @default false: a hash of the name */
  readonly includeSubject?: boolean | undefined
}

/** Calls the listener in the order of the events, later, so that no lock is held. */
export class EventReporter {
  readonly #onEvent: (event: SessionEvent) => unknown
  readonly #includeSubject: boolean
  #last: Promise<void> = Promise.resolve()

  constructor({ onEvent, includeSubject = false }: EventOptions & Required<Pick<EventOptions, 'onEvent'>>) {
    this.#onEvent = onEvent as (event: SessionEvent) => unknown
    this.#includeSubject = includeSubject
  }

  report(event: NewSessionEvent, subject: TokenSubject | undefined): void {
    this.#last = this.#last.then(async () => {
      const named = subject && { subject: await this.#toName(formatSubject(subject)) }
      void this.#call({ ...event, ...named } as SessionEvent)
    })
  }

  /** A listener must not disturb a request, whatever it does. */
  async #call(event: SessionEvent): Promise<void> {
    try {
      await this.#onEvent(event)
    } catch {}
  }

  async #toName(subject: string): Promise<string> {
    if (!this.#includeSubject) return (await sha256Hex(['subject', subject])).slice(0, 16)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: a log may be printed to a terminal
    return subject.replace(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, escapeCharacter)
  }
}

function escapeCharacter(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}
