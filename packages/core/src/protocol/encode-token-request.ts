import { assertClient, type Client } from '../clients.ts'
import { GrantsError } from '../errors/grants-error.ts'
import { invalidArgument } from '../errors/invalid-argument.ts'
import {
  type GrantType,
  grants,
  grantTypes,
  isGrantType,
  mayUse,
  type TokenRequest,
} from '../grants/catalogue.ts'
import { Secret } from '../secret.ts'
import { basicAuthorization } from './basic-authorization.ts'
import { encodeField, isHidden } from './encode-field.ts'

/** Where the client's id and secret go: HTTP Basic, or form fields (a browser's preflight is spared so). */
export type ClientAuthentication = 'basic' | 'body'

/** A token request as it goes over the wire. Header and body hold secrets. */
export interface EncodedTokenRequest {
  readonly method: 'POST'
  readonly path: '/oauth/token'
  readonly headers: Secret<Readonly<Record<string, string>>>
  /** `application/x-www-form-urlencoded`. */
  readonly body: Secret
  /** What must not show up in any message about this request. */
  readonly secrets: readonly Secret[]
}

/**
 * Encodes a token request for a client. Throws `invalid_argument` for a field that is missing, unknown or malformed,
 * and `grant_not_allowed` where this kind of client can't use the grant: a foreign refresh token never gets past here.
 */
export function encodeTokenRequest(
  request: TokenRequest,
  client: Client,
  authentication: ClientAuthentication = 'basic',
): EncodedTokenRequest {
  const grant_type = readGrantType(request?.grant_type)
  assertClient(client)
  if (!mayUse(client.kind, grant_type)) {
    throw new GrantsError('grant_not_allowed', { grant_type, clientKind: client.kind })
  }
  const params = new URLSearchParams()
  params.append('grant_type', grant_type)
  const secrets = appendFields(params, request, grant_type)
  const headers: Record<string, string> = {
    'content-type': 'application/x-www-form-urlencoded',
    accept: 'application/json',
  }
  if (authentication === 'basic') {
    const authorization = basicAuthorization(client.id, client.secret.reveal())
    headers.authorization = authorization
    secrets.push(new Secret(authorization.slice('Basic '.length)))
  } else {
    params.append('client_id', client.id)
    params.append('client_secret', client.secret.reveal())
  }
  // A developer client's secret is its published name: hiding it would garble messages that mention Particle.
  if (client.kind !== 'developer') secrets.push(client.secret)
  return {
    method: 'POST',
    path: '/oauth/token',
    headers: new Secret(headers),
    body: new Secret(params.toString()),
    secrets,
  }
}

/** Appends the grant's fields in the catalogue's order and gives back those that are secret. */
function appendFields(params: URLSearchParams, request: TokenRequest, grant_type: GrantType): Secret[] {
  const { grant_type: _, ...given } = request as Readonly<Record<string, unknown>>
  const { fields } = grants[grant_type]
  const unknown = Object.keys(given).find((name) => !Object.hasOwn(fields, name))
  if (unknown !== undefined) throw invalidArgument(unknown, `is no field of grant_type=${grant_type}`)
  if (given.expires_in !== undefined && given.expires_at !== undefined) {
    throw invalidArgument('expires_at', 'must not be given together with expires_in')
  }
  const secrets: Secret[] = []
  for (const [name, field] of Object.entries(fields)) {
    const value = given[name]
    if (value === undefined) {
      if (field.required) throw invalidArgument(name, `is required by grant_type=${grant_type}`)
      continue
    }
    const sent = encodeField(name, field.form, value)
    params.append(name, sent)
    // As it was sent, which is not always as it was given: a server can echo only what it got.
    if (isHidden(field.form) || Secret.isInstance(value)) secrets.push(new Secret(sent))
  }
  return secrets
}

function readGrantType(value: string): GrantType {
  if (typeof value === 'string' && isGrantType(value)) return value
  throw invalidArgument('grant_type', `is none of ${grantTypes.join(', ')}${hint(value)}`)
}

/** The spelling that people paste from the one place where the report itself slipped. */
function hint(value: unknown): string {
  return value === 'urn:custom:mfa-token'
    ? ' (the second step is urn:custom:mfa-otp; mfa_token is a field)'
    : ''
}
