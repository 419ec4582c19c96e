import { invalidArgument, type RenewalFailure } from '../errors.ts'
import { grantTypes } from '../grants/catalogue.ts'
import * as json from '../json-reader.ts'
import { isRefreshable, maxBackoffMs } from '../renewal.ts'
import { Secret } from '../secret.ts'
import { formatSubject, isSameSubject, parseSubject, type TokenSubject } from '../subject.ts'
import { type Identity, isSettled, type RenewalBackoff, type SettledState, type SignedInState } from './state.ts'

const formatVersion = 1

/**
 * Returns a settled state as JSON that contains its tokens or its challenge **in clear text**, for a store.
 *
 * @param signIn - the hash of the sign-in id, for a session of one sign-in
 * @throws GrantsError `invalid_argument` while a request is in progress
 */
export function serializeState(state: SettledState, signIn?: string): string {
  if (!isSettled(state)) {
    throw invalidArgument('state', 'must be settled: wait until the request in progress has ended')
  }
  const { identity, ...rest } = state
  const { baseUrl, clientId, clientKind, profile } = identity
  return JSON.stringify(
    { version: formatVersion, baseUrl, clientId, clientKind, profile, signIn, ...rest },
    toPlainText,
  )
}

/** The only place where secrets leave a session. `this` holds the value before its `toJSON` redacted it. */
function toPlainText(this: Readonly<Record<string, unknown>>, key: string, value: unknown): unknown {
  const original = this[key]
  if (Secret.isInstance(original)) return original.reveal()
  if (key === 'identity') return undefined
  // A token of an unknown subject belongs in no record.
  if (key === 'earlier' && (value as SignedInState | undefined)?.subject === undefined) return undefined
  return key === 'subject' && value !== undefined ? formatSubject(value as TokenSubject) : value
}

/**
 * Reads what {@link serializeState} returned. The error names the field and repeats nothing of its value.
 *
 * @param identity - the session that the state must belong to
 * @param signIn - what {@link serializeState} was called with: a record that was copied under another sign-in id is refused
 * @throws GrantsError `invalid_state` for anything else
 */
export function parseState(text: string, identity: Identity, signIn?: string): SettledState {
  return json.readJson(text, (value) => {
    const { version } = json.object({ version: json.number })(value, '')
    if (version !== formatVersion) {
      throw json.invalidState(`its version is ${version}, and this release reads version ${formatVersion}`)
    }
    const readers = createReaders(identity)
    const { status, ...found } = readers.head(value, '')
    for (const name of ['baseUrl', 'clientId', 'clientKind', 'profile'] as const) {
      if (found[name] !== identity[name]) throw belongsToAnother(name)
    }
    if (found.signIn !== signIn) throw belongsToAnother('signIn')
    return { status, identity, ...readers[status](value, '') } as SettledState
  })
}

const belongsToAnother = (name: string) => json.invalidState(`it belongs to another session (its ${name} differs)`)

type StateFields<S> = Omit<Extract<SettledState, { readonly status: S }>, 'status' | 'identity'>

/** Created for each record, because most programs never read one. */
function createReaders(identity: Identity) {
  const head = json.object({
    baseUrl: json.string,
    clientId: json.string,
    clientKind: json.string,
    profile: json.optional(json.string),
    signIn: json.optional(json.string),
    status: json.oneOf('signed_out', 'mfa_required', 'signed_in', 'reauthentication_required'),
  })

  /** Nothing of one subject may reach another, not even through a record that was tampered with. */
  const subject: json.Reader<TokenSubject | undefined> = (value, path) => {
    const found = json.optional(json.string)(value, path)
    const parsed = found === undefined ? undefined : readSubject(found, path, identity)
    if (identity.subject !== undefined && !isSameSubject(parsed, identity.subject)) throw belongsToAnother('subject')
    return parsed
  }

  const requested = json.object({ expires_in: json.optional(json.number), scope: json.optional(json.string) })
  const tokens = json.object({
    accessToken: json.secret,
    refreshToken: json.optional(json.secret),
    grantType: json.oneOf(...grantTypes, 'external'),
    requestedAt: json.number,
    expiresAt: json.nullable(json.number),
    scope: json.optional(json.string),
    requested,
    isRejected: json.boolean,
    earlyRejections: json.count,
    pendingRefresh: json.optional(json.object({ sentAt: json.number, isClientRefused: json.boolean })),
  })
  // Another release may know causes that this one does not.
  const cause = json.string as json.Reader<RenewalFailure>
  const backoffFields = json.object({ failures: json.count, failedAt: json.number, retryAt: json.number, cause })
  /** Without the limit, a record that was tampered with would end all renewals. */
  const backoff: json.Reader<RenewalBackoff> = (value, path) => {
    const found = backoffFields(value, path)
    return { ...found, retryAt: Math.min(found.retryAt, found.failedAt + maxBackoffMs) }
  }
  const signedIn: json.Reader<StateFields<'signed_in'>> = (value, path) => {
    const found = json.object({ subject, tokens, backoff: json.optional(backoff) })(value, path)
    // A refresh token that this client cannot use is not kept, wherever it came from.
    if (isRefreshable(identity, found.tokens.grantType)) return found
    return { ...found, tokens: { ...found.tokens, refreshToken: undefined } }
  }

  const challenge = json.object({
    mfaToken: json.secret,
    attemptsLeft: json.count,
    expiresAt: json.number,
    requested,
  })
  const readEarlier = json.optional((value, path): SignedInState => {
    return { status: 'signed_in', identity, ...signedIn(value, path) }
  })
  // One sign-in has no tokens of an earlier one, whatever a store returns.
  const earlier = identity.isOneSignIn ? () => undefined : readEarlier
  return {
    head,
    signed_out: json.object({
      subject,
      reason: json.oneOf('never_signed_in', 'logged_out', 'challenge_expired', 'replaced'),
    }),
    mfa_required: json.object({ subject, challenge, earlier }),
    signed_in: signedIn,
    reauthentication_required: json.object({
      subject,
      reason: json.oneOf('expired', 'rejected', 'refresh_rejected', 'refresh_response_lost'),
    }),
  } satisfies { readonly [S in SettledState['status']]: json.Reader<StateFields<S>> } & { readonly head: unknown }
}

function readSubject(text: string, path: string, { clientKind }: Identity): TokenSubject {
  try {
    return parseSubject(text, clientKind)
  } catch {
    throw json.invalidState(`${path} is malformed`)
  }
}
