import type { ClientKind } from '../src/grants/grant.ts'
import type {
  Asked,
  Identity,
  MfaRequired,
  ReauthenticationRequired,
  Renewing,
  Requesting,
  SettledState,
  SignedIn,
  SignedOut,
  Tokens,
} from '../src/machine/state.ts'
import { Secret } from '../src/secret.ts'
import type { Subject } from '../src/subject.ts'

/** The machine's time in examples. */
export const now = Date.UTC(2026, 0, 1)
export const minute = 60_000
export const day = 86_400_000

/** Nothing asked for. */
export const nothingAsked: Asked = { expiresIn: undefined, scope: undefined }

/** Whose sessions the examples are, by kind of client. */
export const subjects = {
  developer: 'account:dev@example.com',
  product: 'customer:jane@example.com',
  user: 'account:dev@example.com',
} as const satisfies Record<ClientKind, Subject>

/** An identity that is bound to the example's subject of this kind of client, or to another. */
export function identityOf(kind: ClientKind = 'developer', changes: Partial<Identity> = {}): Identity {
  const clientId = { developer: 'particle', product: 'my-product-1234', user: 'my-tool-77' }[kind]
  return {
    baseUrl: 'https://api.particle.io',
    clientId,
    clientKind: kind,
    subject: subjects[kind],
    ...changes,
  }
}

/** An identity that no sign-in has named yet. */
export function unbound(kind: ClientKind = 'developer'): Identity {
  return identityOf(kind, { subject: undefined })
}

/** Tokens from a password sign-in, good for 90 days. */
export function tokensFrom(grant: Tokens['grant'] = 'password', changes: Partial<Tokens> = {}): Tokens {
  return {
    accessToken: new Secret('access-held'),
    refreshToken: undefined,
    grant,
    issuedAt: now - day,
    expiresAt: now + 89 * day,
    scope: undefined,
    asked: nothingAsked,
    lifetimeAsAsked: true,
    rejected: false,
    afterRejection: false,
    refreshInDoubt: undefined,
    ...changes,
  }
}

/** A customer's tokens that their product's client can refresh. */
export function refreshable(changes: Partial<Tokens> = {}): Tokens {
  return tokensFrom('password', { refreshToken: new Secret('refresh-held'), ...changes })
}

/** Of no importance but for `previous`, `grant` and `identity`, which the helpers below set. */
interface Made {
  readonly identity?: Identity
}

export function signedOut({
  identity = unbound(),
  reason = 'never_signed_in',
}: Made & Partial<SignedOut> = {}): SignedOut {
  return { status: 'signed_out', identity, reason }
}

export function mfaRequired({
  identity = identityOf(),
  held,
  ...challenge
}: Made & { held?: Tokens } & Partial<MfaRequired['challenge']> = {}): MfaRequired {
  return {
    status: 'mfa_required',
    identity,
    challenge: {
      mfaToken: new Secret('mfa-held'),
      triesLeft: 3,
      endsAt: now + 10 * minute,
      asked: nothingAsked,
      ...challenge,
    },
    held,
  }
}

export function signedIn({
  identity = identityOf(),
  tokens = tokensFrom(),
  renewalStopped,
  renewalPostponed,
}: Made & Partial<SignedIn> = {}): SignedIn {
  return { status: 'signed_in', identity, tokens, renewalStopped, renewalPostponed }
}

export function reauthenticationRequired({
  identity = identityOf(),
  reason = 'expired',
}: Made & Partial<ReauthenticationRequired> = {}): ReauthenticationRequired {
  return { status: 'reauthentication_required', identity, reason }
}

/** A request of this grant that came from `previous`; its identity is the previous one's, bound. */
export function requesting(
  grant: Requesting['grant'] = 'password',
  previous: SettledState = signedOut(),
  asked: Asked = nothingAsked,
): Requesting {
  const { clientKind, subject } = previous.identity
  const identity = { ...previous.identity, subject: subject ?? subjects[clientKind] }
  return { status: 'requesting', identity, grant, previous, asked }
}

/** The second step is under way; its try is counted already. */
export function requestingCode(
  challenge: Parameters<typeof mfaRequired>[0] = {},
  grant: 'urn:custom:mfa-otp' | 'urn:custom:recovery-code' = 'urn:custom:mfa-otp',
): Requesting {
  return requesting(grant, mfaRequired({ triesLeft: 2, ...challenge }))
}

export function renewing({
  identity = identityOf('product'),
  tokens = refreshable(),
  by = 'refresh_token',
  failures = 0,
}: Made & Partial<Renewing> = {}): Renewing {
  return { status: 'renewing', identity, tokens, by, failures }
}
