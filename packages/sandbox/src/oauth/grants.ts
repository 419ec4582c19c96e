import type { ParsedRequest } from '../http/request.ts'
import { type Account, isSameUsername } from '../state/accounts.ts'
import type { ClientOptions } from '../state/clients.ts'
import type { SandboxState } from '../state/state.ts'
import type { SignIn } from '../state/tokens.ts'
import { OAuthError } from './errors.ts'

/** What a grant reads. */
export interface GrantRequest {
  readonly state: SandboxState
  readonly client: ClientOptions
  readonly form: ParsedRequest['form']
}

/** A grant type: signs in an account or throws an `OAuthError`. */
type Grant = (request: GrantRequest) => SignIn

/** Signs in the owner of an account with a developer or user client, and a customer with a client of the product. */
const password: Grant = (request) => {
  const { state, client, form } = request
  const username = form.get('username')
  const given = form.get('password')
  if (!username || !given) {
    throw new OAuthError('invalid_client', 'Missing parameters. "username" and "password" are required')
  }
  // The library looks this up by the name alone, before the password and whatever the client.
  if (state.accounts.find(username)?.sso) {
    throw new OAuthError('sso_user', 'This account must sign in with SSO')
  }
  const account = findLoginAccount(request, username)
  if (!account || account.password !== given) {
    throw new OAuthError('invalid_grant', 'User credentials are invalid')
  }
  return { account, client, ...getTokenParameters(form) }
}

/** Returns the account that can sign in with this username on this client. */
export function findLoginAccount(
  { state, client }: Pick<GrantRequest, 'state' | 'client'>,
  username: string,
): Account | undefined {
  if (client.product) return state.accounts.findCustomer(client.product.id, username)
  const isOwner = client.owner !== undefined && isSameUsername(client.owner, username)
  return client.kind === 'user' && !isOwner ? undefined : state.accounts.findDeveloper(username)
}

/** Signs in the client's owner. A second factor is never required. */
const clientCredentials: Grant = ({ state, client, form }) => {
  const account = client.owner === undefined ? undefined : state.accounts.findDeveloper(client.owner)
  if (!account) throw new OAuthError('invalid_grant', 'Client credentials are invalid')
  return { account, client, ...getTokenParameters(form) }
}

/** Exchanges a refresh token, once, on the client that it was issued to. The scope stays the same. */
const refreshToken: Grant = ({ state, client, form }) => {
  const given = form.get('refresh_token')
  if (!given) throw new OAuthError('invalid_request', 'No "refresh_token" parameter')

  const found = state.tokens.findRefresh(given)
  // Only product clients can refresh. The refresh token of another client is always rejected.
  if (!found || found.access.clientId !== client.id || client.kind !== 'product') {
    throw new OAuthError('invalid_grant', 'Invalid refresh token')
  }
  if (state.tokens.isExpired(found)) throw new OAuthError('invalid_grant', 'Refresh token has expired')
  // It ends before the next one exists, as in the library: a lost response loses the session.
  state.tokens.useRefresh(given)
  const { account, scope } = found.access
  return { account, client, ...getTokenParameters(form), scope }
}

/** Completes a sign-in with the six digits that the authenticator shows. */
const mfaOtp: Grant = (request) => {
  const { now, settings } = request.state
  const code = getCode(request, 'otp', 'You must provide otp and mfa token.')
  const isAccepted = ({ mfa }: Account) => mfa?.totp.accept(code, now(), settings.otpReuse)
  return completeMfa(request, isAccepted, 'Could not validate OTP.')
}

/** Completes a sign-in with a recovery code, which can be used once. */
const recoveryCode: Grant = (request) => {
  const code = getCode(request, 'recovery_code', 'You must provide recovery code and mfa token.')
  const isAccepted = ({ mfa }: Account) => mfa?.recoveryCodes.delete(code)
  return completeMfa(request, isAccepted, 'Could not validate Recovery Code.')
}

function getCode({ form }: GrantRequest, field: string, messageIfMissing: string): string {
  const code = form.get(field)
  if (!code || !form.get('mfa_token')) throw new OAuthError('invalid_request', messageIfMissing)
  return code
}

/**
 * Signs in the account of the first step, with its client, scope and lifetime. As in the library, any client can send the
 * second step, and a wrong code does not end the `mfa_token`. Whether the live service does the same is unknown.
 */
function completeMfa(
  { state, form }: GrantRequest,
  isAccepted: (account: Account) => boolean | undefined,
  messageIfRejected: string,
): SignIn {
  const challenge = state.challenges.find(form.get('mfa_token') ?? '')
  if (!challenge) throw new OAuthError('invalid_token', 'Invalid MFA token.')
  const { account, client, scope } = challenge
  if (!isAccepted(account)) throw new OAuthError('invalid_token', messageIfRejected)
  state.challenges.close(challenge)

  const { expiresIn, expiresAt } = getTokenParameters(form)
  // The library drops a 0 of the first step, so "never expires" must be requested in both steps.
  const first = Number(challenge.expiresIn) === 0 ? undefined : challenge.expiresIn
  return {
    account,
    client,
    scope,
    expiresIn: first ?? expiresIn,
    expiresAt: challenge.expiresAt ?? expiresAt,
  }
}

/** Returns the scope and the lifetime that the form requests. */
export function getTokenParameters(form: ParsedRequest['form']) {
  return {
    scope: form.get('scope'),
    expiresIn: form.get('expires_in'),
    expiresAt: form.get('expires_at'),
  }
}

/** The grant types that the sandbox supports, by their exact names. */
export const grants: ReadonlyMap<string, Grant> = new Map([
  ['password', password],
  ['urn:custom:mfa-otp', mfaOtp],
  ['urn:custom:recovery-code', recoveryCode],
  ['client_credentials', clientCredentials],
  ['refresh_token', refreshToken],
])
