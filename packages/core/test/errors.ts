import type { ErrorCode, ErrorDetails } from '../src/errors/details.ts'
import { type AnyGrantsError, GrantsError } from '../src/errors/grants-error.ts'
import { libraryErrorReferences } from '../src/reference/library-errors/catalogue.ts'
import { minute, now } from './states.ts'

const reasons = <R extends string>(all: Readonly<Record<R, true>>) => Object.keys(all) as R[]

/** Details besides the reference's examples, so that each word that a message may choose is chosen once. */
const variants: { readonly [C in ErrorCode]?: readonly ErrorDetails[C][] } = {
  grant_not_allowed: [
    { grant_type: 'client_credentials', clientKind: 'developer' },
    { grant_type: 'refresh_token', clientKind: 'user' },
  ],
  code_refused: [
    { triesLeft: 1, endsAt: now },
    { triesLeft: 2, endsAt: now + 10 * minute },
  ],
  sso_user: [
    { status: 403, description: undefined },
    { status: 403, description: 'Please use SSO' },
  ],
  grant_refused: [
    { grant_type: 'password', error: 'out_of_cheese', status: 418, description: undefined },
    { grant_type: 'password', error: 'invalid_client', status: 400, description: 'No.' },
  ],
  rate_limited: [
    { grant_type: 'password', retryAfter: undefined },
    { grant_type: 'password', retryAfter: 60 },
  ],
  temporarily_unavailable: [
    { grant_type: 'password', error: 'server_error', status: 503, retryAfter: undefined },
    { grant_type: 'password', error: 'server_error', status: 503, retryAfter: 60 },
    { grant_type: 'urn:custom:recovery-code', error: 'server_error', status: 503, retryAfter: undefined },
    { grant_type: 'urn:custom:recovery-code', error: 'server_error', status: 503, retryAfter: 60 },
  ],
  unexpected_answer: reasons<ErrorDetails['unexpected_answer']['reason']>({
    redirect: true,
    too_large: true,
    empty: true,
    not_utf8: true,
    html: true,
    jsonp: true,
    not_json: true,
    not_an_object: true,
    no_error_code: true,
    wrong_status: true,
    wrong_type: true,
  }).map((reason) => ({ grant_type: 'password', baseUrl: 'https://proxy.example.com', status: 200, reason })),
  not_renewable: reasons<ErrorDetails['not_renewable']['reason']>({
    developer_token: true,
    user_token: true,
    adopted_token: true,
    never_expires: true,
    no_refresh_token: true,
    renewal_stopped: true,
  }).map((reason) => ({ reason, expiresAt: reason === 'never_expires' ? null : now })),
  renewal_postponed: [1, 2].map((failures) => ({ failures, retryAt: now, because: 'no_answer' })),
  reauthentication_required: reasons<ErrorDetails['reauthentication_required']['reason']>({
    expired: true,
    rejected: true,
    renewal_refused: true,
    refresh_answer_lost: true,
  }).map((reason) => ({ reason })),
  mfa_required: [
    { triesLeft: 1, endsAt: 8.64e15 },
    { triesLeft: 3, endsAt: 8.64e15 + 1 },
  ],
  revocation_failed: [{ status: undefined }, { status: 500 }],
}

/** Every error of this package, in every wording: the reference's examples, and the variants above. */
export const everyError: readonly AnyGrantsError[] = (
  Object.keys(libraryErrorReferences) as ErrorCode[]
).flatMap((code) => errorsOf(code))

function errorsOf<C extends ErrorCode>(code: C): AnyGrantsError[] {
  const more: readonly ErrorDetails[C][] | undefined = variants[code]
  const details: readonly ErrorDetails[C][] = [...libraryErrorReferences[code].examples, ...(more ?? [])]
  const byMessage = new Map(details.map((one) => [JSON.stringify(one), new GrantsError(code, one)]))
  return [...byMessage.values()] as AnyGrantsError[]
}
