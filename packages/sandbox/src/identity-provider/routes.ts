import { getField, type ParsedRequest } from '../http/request.ts'
import { type HttpResponse, json } from '../http/response.ts'
import { type Context, type Route, route } from '../http/router.ts'
import { noStore, OAuthError } from '../oauth/errors.ts'
import { randomUuid } from '../random.ts'
import type { SandboxState } from '../state/state.ts'
import type { DeviceCode } from './device-codes.ts'

/** The path of the issuer. Its endpoints are below it, as particle-cli calls them. */
const issuerPath = '/oauth2/default'
const deviceGrant = 'urn:ietf:params:oauth:grant-type:device_code'

/** What a client needs to know of the identity provider. Public test data. */
export const defaultSsoClient = { clientId: 'sandbox-sso-client', audience: 'api://default' } as const

/** The second one is particle-cli's own. */
const clientIds: readonly string[] = [defaultSsoClient.clientId, '0oa19uiy26XIs3XW55d7']
const tokenLifetimeSeconds = 3600

/** The identity provider that signs people in through their company's SSO (RFC 8628). */
export const identityProviderRoutes: readonly Route<HttpResponse | Promise<HttpResponse>>[] = [
  route('POST', `${issuerPath}/v1/device/authorize`, authorizeDevice),
  route('POST', `${issuerPath}/v1/token`, handlePoll),
  route('GET', `${issuerPath}/v1/keys`, async ({ state }) => json(await state.signingKeys.publish())),
]

/** Section 3.2 of RFC 8628. */
function authorizeDevice({ state, request }: Context): HttpResponse {
  const clientId = getClientId(request)
  const code = state.deviceCodes.open({ clientId, scope: getField(request, 'scope') ?? '' })
  const uri = `${getOrigin(request)}/activate`
  const body = {
    device_code: code.deviceCode,
    user_code: code.userCode,
    verification_uri: uri,
    verification_uri_complete: `${uri}?user_code=${code.userCode}`,
    expires_in: state.settings.ssoCodeLifetime,
    interval: state.settings.ssoInterval,
  }
  return withNoStore(json(body))
}

/** Sections 3.4 and 3.5. It responds with a promise only where it has a token to sign. */
function handlePoll({ state, request }: Context): HttpResponse | Promise<HttpResponse> {
  if (getField(request, 'grant_type') !== deviceGrant) {
    throw new OAuthError('unsupported_grant_type', 'The grant type is not supported here.')
  }
  const clientId = getClientId(request)
  const code = state.deviceCodes.find(getField(request, 'device_code') ?? '')
  if (code === undefined || code.clientId !== clientId) {
    throw new OAuthError('invalid_grant', 'The device code is unknown or was used.')
  }
  if (state.deviceCodes.isExpired(code)) throw new OAuthError('expired_token', 'The device code has expired.')
  if (state.deviceCodes.recordPoll(code)) throw new OAuthError('slow_down', 'The request came too early.')
  const { decision } = code
  if (decision === 'pending') throw new OAuthError('authorization_pending', 'Nobody has signed in yet.')
  state.deviceCodes.close(code)
  if (decision === 'denied') throw new OAuthError('access_denied', 'The person refused.')
  return issueToken(state, { code, decision, issuer: getOrigin(request) + issuerPath })
}

async function issueToken(
  state: SandboxState,
  sso: { code: DeviceCode; decision: Exclude<DeviceCode['decision'], string>; issuer: string },
): Promise<HttpResponse> {
  const { account, changes } = sso.decision
  const { clientId, scope } = sso.code
  const { accessTokenLifetime } = state.settings
  const { token: profile } = state.tokens.issueAccess({ account, clientId, scope: undefined }, accessTokenLifetime)
  const now = Math.floor(state.now() / 1000)
  const claims: Record<string, unknown> = {
    ver: 1,
    jti: randomUuid(),
    iss: sso.issuer,
    aud: defaultSsoClient.audience,
    iat: now,
    exp: now + tokenLifetimeSeconds,
    cid: clientId,
    scp: scope.split(' '),
    sub: account.username,
    particle_profile: profile,
    ...changes.claims,
  }
  const kept = Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== null))
  const token = await state.signingKeys.sign(kept, changes)
  return withNoStore(json({ token_type: 'Bearer', expires_in: tokenLifetimeSeconds, access_token: token, scope }))
}

function getClientId(request: ParsedRequest): string {
  const clientId = getField(request, 'client_id') ?? ''
  if (!clientIds.includes(clientId)) throw new OAuthError('invalid_client', 'The client id is unknown.')
  return clientId
}

/** A request without a socket has no `Host`: then it is Particle's own. */
function getOrigin({ headers }: ParsedRequest): string {
  return headers.host === undefined ? 'https://id.particle.io' : `http://${headers.host}`
}

function withNoStore(response: HttpResponse): HttpResponse {
  return { ...response, headers: { ...response.headers, ...noStore } }
}
