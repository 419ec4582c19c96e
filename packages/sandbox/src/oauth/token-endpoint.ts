import type { Call } from '../call.ts'
import { formType } from '../call.ts'
import type { Account } from '../model/accounts.ts'
import type { ClientOptions } from '../model/options.ts'
import type { Settings } from '../model/settings.ts'
import type { World } from '../model/world.ts'
import { tokenBody } from './answer.ts'
import { authenticateClient } from './client.ts'
import { OAuthError } from './errors.ts'
import { grants } from './grants/catalogue.ts'
import type { Granted } from './grants/grant.ts'
import { lifetimeOf } from './lifetime.ts'
import { accountForScope } from './scope.ts'

/** Judges a token request, each check in the library's order, and gives the body of a success. */
export function answerTokenRequest(world: World, call: Call): Record<string, unknown> {
  checkMethodAndEncoding(call)
  const grantType = readGrantType(world.settings, call)
  const asking = authenticateClient(world, call)
  checkGrantAllowed(asking, grantType)
  const granted = runGrant({ world, call, client: asking, grantType })
  const client = granted.client ?? asking
  const account = accountForScope({ world, client, scope: granted.scope, account: granted.account })
  if (grantType === 'password') askForSecondFactor(world, client, granted)
  return issueTokens({ world, client, account, granted })
}

function checkMethodAndEncoding({ method, contentType }: Call): void {
  if (method !== 'POST' || contentType !== formType) {
    const description = 'Method must be POST with application/x-www-form-urlencoded encoding'
    throw new OAuthError('invalid_request', description)
  }
}

/** The enabled grant types are matched ignoring case; that only lower case is served shows in `runGrant`. */
export function readGrantType(settings: Settings, { form }: Call): string {
  const grantType = form.get('grant_type') ?? ''
  const enabled = settings.grants.filter(
    (name) => settings.recoveryCodesServed || name !== 'urn:custom:recovery-code',
  )
  if (!enabled.some((name) => inLowerCase(name) === inLowerCase(grantType))) {
    throw new OAuthError('invalid_request', 'Invalid or missing grant_type parameter')
  }
  return grantType
}

/** Of ASCII letters alone: there are foreign signs that become one of them, such as the Kelvin sign a `k`. */
function inLowerCase(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase())
}

/** Refuses a grant type that this client may not use. */
export function checkGrantAllowed(client: ClientOptions, grantType: string): void {
  if (client.refusedGrants?.includes(grantType)) {
    throw new OAuthError('invalid_client', 'The grant type is unauthorised for this client_id')
  }
}

function runGrant(options: { world: World; call: Call; client: ClientOptions; grantType: string }): Granted {
  const { world, call, client, grantType } = options
  const grant = grants.get(grantType)
  if (!grant) throw new OAuthError('invalid_request', 'Invalid grant_type parameter or parameter missing')
  return grant({ world, client, form: call.form })
}

function askForSecondFactor(world: World, client: ClientOptions, granted: Granted): void {
  if (!granted.account.mfa) return
  const { mfaToken } = world.challenges.open({ ...granted, clientId: client.id })
  throw new OAuthError('mfa_required', 'Multi-factor authentication required', { mfaToken })
}

/** Issues tokens for an account, and gives the body that carries them. */
export function issueTokens(options: {
  world: World
  client: ClientOptions
  account: Account
  granted: Pick<Granted, 'scope' | 'expiresIn' | 'expiresAt'>
}): Record<string, unknown> {
  const { world, client, account, granted } = options
  const { scope } = granted
  const lifetime = lifetimeOf({
    expiresIn: granted.expiresIn,
    expiresAt: granted.expiresAt,
    otherwise: world.settings.accessTokenLifetime,
    now: world.now(),
  })
  const issued = world.tokens.issue({ client, account, scope, lifetime })
  return tokenBody({ ...issued, lifetime, scope: answeredScope(world.settings, scope) })
}

function answeredScope({ scopeInAnswer }: Settings, scope: string | undefined): string | undefined {
  if (scopeInAnswer === 'as asked') return scope
  return scopeInAnswer === 'left out' ? undefined : scopeInAnswer
}
