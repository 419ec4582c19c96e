import type { Secret } from '../secret.ts'

/** What a token answer carries. Wire names are kept where the wire has one. */
export interface TokenAnswer {
  readonly access_token: Secret
  readonly refresh_token: Secret | undefined
  /** Seconds; `null`: the token never expires (the wire said 0 or nothing). */
  readonly expires_in: number | null
  readonly scope: string | undefined
  /** Fields that this project does not know, as they came. They may be secret. */
  readonly unknown: Secret<Readonly<Record<string, unknown>>>
}

/** Why something that answered is not taken for an answer of the token endpoint. */
export type UnexpectedReason =
  | 'redirect'
  | 'too_large'
  | 'empty'
  | 'not_utf8'
  | 'html'
  | 'jsonp'
  | 'not_json'
  | 'not_an_object'
  | 'no_error_code'
  | 'wrong_status'
  | 'wrong_type'

/** What an answer's headers say besides. */
export interface AnswerTiming {
  /** The server's clock, ms since 1970; `undefined` where `Date` can't be read (a browser, another origin). */
  readonly date: number | undefined
  /** Seconds to wait, from `Retry-After`; a day at most. */
  readonly retryAfter: number | undefined
}

/** Tokens were granted. */
export interface GrantedAnswer extends AnswerTiming {
  readonly type: 'tokens'
  readonly status: 200
  readonly tokens: TokenAnswer
}

/** The password was right, and the account has MFA. */
export interface ChallengeAnswer extends AnswerTiming {
  readonly type: 'mfa_required'
  readonly status: number
  readonly mfa_token: Secret
  readonly unknown: Secret<Readonly<Record<string, unknown>>>
}

/** The token endpoint refused, in its own form. */
export interface ErrorAnswer extends AnswerTiming {
  readonly type: 'error'
  readonly status: number
  /** The wire's code: one of the catalogue, or one that this project does not know. */
  readonly error: string
  /** `error_description`, one line, at most 200 characters; `undefined` when there was none that is a string. */
  readonly description: string | undefined
  readonly unknown: Secret<Readonly<Record<string, unknown>>>
}

/** Something answered, but not as the token endpoint does. */
export interface UnexpectedAnswer extends AnswerTiming {
  readonly type: 'unexpected'
  readonly status: number
  readonly reason: UnexpectedReason
  /** The field whose type was wrong, with `wrong_type`. */
  readonly field: string | undefined
}

/** The one typed result of judging whatever came back from the token endpoint. */
export type Answer = GrantedAnswer | ChallengeAnswer | ErrorAnswer | UnexpectedAnswer

/** An HTTP answer as raw as the platform gives it. */
export interface RawAnswer {
  /** 0 for an opaque redirect, as `fetch` gives it in browsers. */
  readonly status: number
  readonly headers: { get(name: string): string | null }
  readonly body: Uint8Array
}
