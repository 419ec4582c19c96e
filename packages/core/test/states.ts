import type { ClientKind } from '../src/clients.ts'
import type {
  Identity,
  MachineTokens,
  MfaRequiredState,
  ReauthenticationRequiredState,
  RenewalBackoff,
  RenewingState,
  RequestedParameters,
  RequestingState,
  SettledState,
  SignedInState,
  SignedOutState,
} from '../src/machine/state.ts'
import { Secret } from '../src/secret.ts'
import { account, customer, owner, type Subject, type TokenSubject } from '../src/subject.ts'

/** The machine's time in examples. */
export const now = Date.UTC(2026, 0, 1)
export const minute = 60_000
export const day = 86_400_000

export const noParameters: RequestedParameters = { expires_in: undefined, scope: undefined }

/** Whose sessions the examples are, by kind of client. */
export const subjects: Readonly<Record<ClientKind, Subject>> = {
  developer: account('dev@example.com'),
  product: customer('jane@example.com'),
  user: account('dev@example.com'),
}

/** A session that was configured for the example's subject of this kind of client, or for another. */
export function createIdentity(kind: ClientKind = 'developer', changes: Partial<Identity> = {}): Identity {
  const clientId = { developer: 'particle', product: 'my-product-1234', user: 'my-tool-77' }[kind]
  return {
    baseUrl: 'https://api.particle.io',
    clientId,
    clientKind: kind,
    subject: subjects[kind],
    profile: undefined,
    ...changes,
  }
}

/** A session without a configured subject: the account that signs in. */
export function createUnboundIdentity(kind: 'developer' | 'user' = 'developer'): Identity {
  return createIdentity(kind, { subject: undefined })
}

/** A session of the client's own: of the product, or of a user client's owner. */
export function createOwnIdentity(kind: 'product' | 'user' = 'product'): Identity {
  return createIdentity(kind, { subject: owner })
}

/** Tokens that were requested a day ago and are valid for 90 days. */
export function createTokens(
  grantType: MachineTokens['grantType'] = 'password',
  changes: Partial<MachineTokens> = {},
): MachineTokens {
  return {
    accessToken: new Secret('access-held'),
    refreshToken: undefined,
    grantType,
    requestedAt: now - day,
    expiresAt: now + 89 * day,
    scope: undefined,
    requested: noParameters,
    isRejected: false,
    earlyRejections: 0,
    pendingRefresh: undefined,
    ...changes,
  }
}

/** A customer's tokens that the product's client can refresh. */
export function createRefreshableTokens(changes: Partial<MachineTokens> = {}): MachineTokens {
  return createTokens('password', { refreshToken: new Secret('refresh-held'), ...changes })
}

/** A back-off that ends in a second, after one failure. */
export function createBackoff(changes: Partial<RenewalBackoff> = {}): RenewalBackoff {
  return { failures: 1, failedAt: now, retryAt: now + 1000, cause: 'network_error', ...changes }
}

interface Common {
  readonly identity?: Identity
  /** `undefined`: not known. @default the identity's subject, or the example's */
  readonly subject?: TokenSubject | undefined
}

function getSubject(options: Common, identity: Identity): TokenSubject | undefined {
  return 'subject' in options ? options.subject : (identity.subject ?? subjects[identity.clientKind])
}

export function signedOut(options: Common & Partial<SignedOutState> = {}): SignedOutState {
  const { identity = createUnboundIdentity(), reason = 'never_signed_in' } = options
  const subject = 'subject' in options ? options.subject : identity.subject
  return { status: 'signed_out', identity, subject, reason }
}

type ChallengeOptions = Common & Partial<MfaRequiredState['challenge']> & { readonly earlier?: SignedInState }

export function mfaRequired(options: ChallengeOptions = {}): MfaRequiredState {
  const { identity = createIdentity(), subject: _, earlier, ...challenge } = options
  return {
    status: 'mfa_required',
    identity,
    subject: getSubject(options, identity),
    challenge: {
      mfaToken: new Secret('mfa-held'),
      attemptsLeft: 3,
      expiresAt: now + 10 * minute,
      requested: noParameters,
      ...challenge,
    },
    earlier,
  }
}

export function signedIn(options: Common & Partial<SignedInState> = {}): SignedInState {
  const { identity = createIdentity(), tokens = createTokens(), backoff } = options
  return { status: 'signed_in', identity, subject: getSubject(options, identity), tokens, backoff }
}

export function reauthenticationRequired(
  options: Common & Partial<ReauthenticationRequiredState> = {},
): ReauthenticationRequiredState {
  const { identity = createIdentity(), reason = 'expired' } = options
  return { status: 'reauthentication_required', identity, subject: getSubject(options, identity), reason }
}

/** A request that was sent in the state `previous`. */
export function requesting(
  grantType: RequestingState['grantType'] = 'password',
  previous: SettledState = signedOut(),
  changes: Partial<Pick<RequestingState, 'subject' | 'requested'>> = {},
): RequestingState {
  const { identity } = previous
  const subject = getSubject(changes, identity)
  return { status: 'requesting', identity, grantType, requested: noParameters, previous, ...changes, subject }
}

/** A code was sent; its attempt is counted already. */
export function requestingCode(
  challenge: ChallengeOptions = {},
  grantType: 'urn:custom:mfa-otp' | 'urn:custom:recovery-code' = 'urn:custom:mfa-otp',
): RequestingState {
  return requesting(grantType, mfaRequired({ attemptsLeft: 2, ...challenge }))
}

export function renewing(options: Common & Partial<RenewingState> = {}): RenewingState {
  const { identity = createIdentity('product'), tokens = createRefreshableTokens() } = options
  const { grantType = 'refresh_token', failures = 0 } = options
  return { status: 'renewing', identity, subject: getSubject(options, identity), tokens, grantType, failures }
}
