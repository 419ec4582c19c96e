import { formType, type ParsedRequest } from '../http/request.ts'
import type { HttpResponse } from '../http/response.ts'
import type { Account } from '../state/accounts.ts'
import type { Settings } from '../state/settings.ts'
import type { SandboxState } from '../state/state.ts'
import type { SignIn } from '../state/tokens.ts'
import { authenticateClient, checkGrantAllowed } from './client.ts'
import { OAuthError } from './errors.ts'
import { type GrantRequest, grants } from './grants.ts'
import { issueTokens } from './token-response.ts'

/** Handles a token request. The checks have the library's order. */
export function handleTokenRequest(state: SandboxState, request: ParsedRequest): HttpResponse {
  checkMethodAndEncoding(request)
  const grantType = getGrantType(state.settings, request)
  const client = authenticateClient(state, request)
  checkGrantAllowed(client, grantType)
  const signIn = runGrant(grantType, { state, client, form: request.form })
  const account = applyScope(state, signIn)
  if (grantType === 'password') requireSecondFactor(state, signIn)
  return issueTokens(state, request, { ...signIn, account })
}

function checkMethodAndEncoding({ method, contentType }: ParsedRequest): void {
  if (method !== 'POST' || contentType !== formType) {
    const description = 'Method must be POST with application/x-www-form-urlencoded encoding'
    throw new OAuthError('invalid_request', description)
  }
}

/** Returns an enabled grant type in any case. `runGrant` then accepts lower case only, as the library does. */
function getGrantType({ grants }: Settings, { form }: ParsedRequest): string {
  const grantType = form.get('grant_type') ?? ''
  // Of ASCII letters only: the library does not take the Kelvin sign for a `k`.
  const lowerCase = grantType.replace(/[A-Z]/g, (letter) => letter.toLowerCase())
  if (!grants.includes(lowerCase)) {
    throw new OAuthError('invalid_request', 'Invalid or missing grant_type parameter')
  }
  return grantType
}

function runGrant(grantType: string, request: GrantRequest): SignIn {
  const grant = grants.get(grantType)
  if (!grant) throw new OAuthError('invalid_request', 'Invalid grant_type parameter or parameter missing')
  return grant(request)
}

/**
 * Returns the account that a scope selects: `customer=NAME` selects a customer of the client's product, `devices:list` and
 * the like select the account itself. Any other scope is rejected. How the service rejects an unknown customer is unknown.
 */
function applyScope(state: SandboxState, signIn: SignIn): Account {
  const { scope } = signIn
  let { account } = signIn
  for (const word of scope?.match(/\S+/g) ?? []) {
    const customer = /^customer=(.+)$/.exec(word)?.[1]
    if (customer !== undefined) account = findCustomer(state, { ...signIn, account }, customer)
    else if (!/^[\w.*-]+:[\w.*-]+$/.test(word)) throw new OAuthError('invalid_scope', 'Invalid scope')
  }
  return account
}

function findCustomer(state: SandboxState, { client, account }: SignIn, name: string): Account {
  const customer = client.product && state.accounts.findCustomer(client.product.id, name)
  // A customer who signed in with a password cannot select another customer.
  if (!customer || (account.customerOf !== undefined && account !== customer)) {
    throw new OAuthError('invalid_scope', 'Invalid scope')
  }
  return customer
}

function requireSecondFactor(state: SandboxState, signIn: SignIn): void {
  if (!signIn.account.mfa) return
  const { mfaToken } = state.challenges.open(signIn)
  throw new OAuthError('mfa_required', 'Multi-factor authentication required', mfaToken)
}
