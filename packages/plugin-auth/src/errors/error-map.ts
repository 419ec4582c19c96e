import type { ErrorCode, ErrorDetails } from '@particle-grants/core'
import { timeInWords } from '../connection/wording.ts'
import { type ExitCode, exitCodes } from './exit-codes.ts'

/** What a command makes of an error of core's. */
export interface ErrorOutcome<C extends ErrorCode = ErrorCode> {
  readonly exitCode: ExitCode
  /** What to do in a terminal, where core's own remedy is for whoever calls a library. Nothing: core's own. */
  readonly remedy?: (caller: Caller, details: ErrorDetails[C]) => string | undefined
}

/** Who calls: the program's name, and the flag that leads to the profile, with a blank before it. */
interface Caller {
  readonly bin: string
  readonly profile: string
}

const signIn = ({ bin, profile }: Caller) => `Sign in: ${bin} auth login${profile}`
const { failed, usage, notSignedIn, mfaNeeded, lockedOut, network } = exitCodes

/** What core says of these is for whoever wrote the request. */
const refusals: Readonly<Record<string, string>> = {
  invalid_grant: 'Check what you gave before you try again: ten failures in a row lock the address out.',
  invalid_request: 'Something on the way changed the request, or this is a bug of this program.',
}

/** What a store advises, without what only those can do who write programs. */
function inTheTerminal(advice: string): string {
  return advice
    .replace(', or fileStore() of @particle-grants/store-file', '')
    .replaceAll('`', '')
    .replace('@particle-grants/store-file', 'this program')
}

/** Every error of core's. A code that core gains does not compile here until it has its line. */
export const errorMap: { readonly [C in ErrorCode]: ErrorOutcome<C> } = {
  invalid_argument: { exitCode: usage, remedy: () => 'Nothing was sent.' },
  insecure_base_url: {
    exitCode: usage,
    remedy: () => 'Use https, or a loopback address for the sandbox.',
  },
  grant_not_allowed: { exitCode: usage },
  subject_mismatch: {
    exitCode: usage,
    remedy: ({ bin }) => `Use another profile: ${bin} auth login --profile NAME`,
  },
  step_under_way: { exitCode: failed },
  no_challenge: { exitCode: notSignedIn, remedy: signIn },
  code_refused: { exitCode: mfaNeeded },
  challenge_over: {
    exitCode: notSignedIn,
    remedy: ({ bin, profile }) => `Start over: ${bin} auth login${profile}`,
  },
  sso_user: {
    exitCode: failed,
    remedy: ({ bin }) =>
      `If that is so, sign in with particle-cli (particle login --sso) and hand its token over: ${bin} auth login --token-stdin`,
  },
  grant_refused: { exitCode: failed, remedy: (_, { error }) => refusals[error] },
  rate_limited: {
    exitCode: lockedOut,
    remedy: (_, { retryAfter }) =>
      retryAfter === undefined
        ? 'Wait half an hour before the next attempt.'
        : `Wait until ${timeInWords(Date.now() + retryAfter * 1000)} before the next attempt.`,
  },
  failure_budget_spent: {
    exitCode: lockedOut,
    remedy: ({ bin, profile }, { until }) => {
      const wait = until === undefined ? '' : `, or wait until ${timeInWords(until)}`
      return `Nothing was sent. Make sure of the credentials, or of the network where no answers came; then let tries go again by ${bin} auth unlock${profile}${wait}.`
    },
  },
  refused_before: {
    exitCode: failed,
    remedy: ({ bin, profile }) =>
      `Nothing was sent; sign in with the right secret: ${bin} auth login${profile}. Where it was right after all: ${bin} auth unlock${profile}`,
  },
  temporarily_unavailable: { exitCode: network },
  unexpected_answer: { exitCode: network },
  no_answer: { exitCode: network },
  aborted: { exitCode: failed, remedy: () => 'Nothing was sent.' },
  scope_mismatch: { exitCode: failed },
  not_signed_in: { exitCode: notSignedIn, remedy: signIn },
  mfa_required: {
    exitCode: mfaNeeded,
    remedy: ({ bin, profile }) => `Give the code: ${bin} auth login --otp-stdin${profile}`,
  },
  renewal_postponed: { exitCode: network },
  wait_timeout: { exitCode: network, remedy: () => 'Try again.' },
  request_not_replayable: { exitCode: failed },
  not_renewable: {
    exitCode: failed,
    remedy: ({ bin, profile }, { expiresAt }) =>
      expiresAt === null ? '' : `Sign in again before it ends: ${bin} auth login${profile}`,
  },
  reauthentication_required: { exitCode: notSignedIn, remedy: signIn },
  invalid_state: { exitCode: failed, remedy: signIn },
  unsettled_state: { exitCode: failed },
  store_conflict: { exitCode: failed, remedy: () => 'Try again.' },
  store_failed: { exitCode: failed, remedy: () => '' },
  store_unavailable: { exitCode: failed, remedy: (_, { advice }) => inTheTerminal(advice) },
  store_damaged: { exitCode: failed },
  lock_timeout: { exitCode: failed },
  revocation_failed: { exitCode: failed },
  invalid_transition: { exitCode: failed },
}
