import { assertClient, type OAuthClient, type ProductClient } from '../clients.ts'
import { grantNotAllowed, invalidArgument } from '../errors.ts'
import {
  type FieldDefinition,
  type FieldFormat,
  type FieldName,
  type GrantType,
  grants,
  grantTypes,
  isGrantType,
  mayUse,
  type TokenRequest,
} from '../grants/catalogue.ts'
import { assertKnownOptions, type OptionNames } from '../known-options.ts'
import { Secret, type SecretInput, toSecret } from '../secret.ts'
import { normalizeName } from '../subject.ts'
import { encodeBase64 } from './http.ts'

/** Where the client's id and secret go: HTTP Basic, or form fields (in a browser that avoids a preflight request). */
export type ClientAuthentication = 'client_secret_basic' | 'client_secret_post'

/** A request as it is sent. Headers and body contain secrets. */
export interface EncodedRequest {
  readonly method: 'POST'
  readonly path: string
  readonly headers: Secret<Readonly<Record<string, string>>>
  /** `application/x-www-form-urlencoded`. */
  readonly body: Secret
  /** What no message about this request may show. */
  readonly secrets: readonly Secret[]
}

/**
 * Encodes a token request.
 *
 * @throws GrantsError `invalid_argument` for a field that is missing, unknown or malformed; `grant_not_allowed` if this
 * kind of client may not use the grant, so that a developer's refresh token is never sent
 */
export function encodeTokenRequest(
  request: TokenRequest,
  client: OAuthClient,
  clientAuthentication: ClientAuthentication = 'client_secret_basic',
): EncodedRequest {
  const grantType = request?.grant_type
  if (!isGrantType(grantType)) throw invalidArgument('grant_type', `must be one of ${grantTypes.join(', ')}`)
  assertClient(client)
  if (!mayUse(client.kind, grantType)) throw grantNotAllowed(client.kind, grantType)
  const form = new URLSearchParams([['grant_type', grantType]])
  const secrets = appendFields(form, request, grantType)
  return toEncodedRequest('/oauth/token', { form, secrets, client, clientAuthentication })
}

/** A customer to create. */
export interface NewCustomer {
  /** The product's id or slug. */
  readonly product: number | string
  readonly email: string
  /** @default none: the customer's tokens come from the product's credentials only */
  readonly password?: SecretInput | undefined
}

export const newCustomerNames = { product: true, email: true, password: true } satisfies OptionNames<NewCustomer>

/**
 * Encodes the request that creates a customer of a product. Its response is one of the token endpoint's.
 *
 * @throws GrantsError `invalid_argument`
 */
export function encodeCustomerRequest(customer: NewCustomer, client: ProductClient): EncodedRequest {
  assertKnownOptions(customer, newCustomerNames)
  const { product, email, password } = customer
  assertClient(client)
  // Callers without types may pass any kind of client.
  if (client.kind !== 'product') throw invalidArgument('client', 'must be a product client')
  if (!/^[a-z0-9][\w.-]*$/i.test(`${product || ''}`)) throw invalidArgument('product', 'must be an id or a slug')
  const form = new URLSearchParams([['email', normalizeName(email, 'email')]])
  if (password === undefined) form.append('no_password', 'true')
  else form.append('password', encodeField('password', 'secret', password))
  // The documented example has no grant_type, but Particle's own clients send it.
  form.append('grant_type', 'client_credentials')
  const secrets = password === undefined ? [] : [toSecret(password)]
  const path = `/v1/products/${product}/customers`
  return toEncodedRequest(path, { form, secrets, client, clientAuthentication: 'client_secret_post' })
}

interface RequestParts {
  readonly form: URLSearchParams
  readonly secrets: readonly Secret[]
  readonly client: OAuthClient
  readonly clientAuthentication: ClientAuthentication
}

/** Adds the client's id and secret, and wraps what is secret. */
function toEncodedRequest(path: string, { form, secrets, client, clientAuthentication }: RequestParts): EncodedRequest {
  const { id, secret } = client
  const headers: Record<string, string> = {
    'content-type': 'application/x-www-form-urlencoded',
    accept: 'application/json',
  }
  // A developer client's secret is its published name: to hide it would garble messages that mention Particle.
  const hidden = client.kind === 'developer' ? [...secrets] : [...secrets, secret]
  if (clientAuthentication === 'client_secret_post') {
    form.append('client_id', id)
    form.append('client_secret', secret.reveal())
  } else {
    // UTF-8 as curl sends it. RFC 6749, section 2.3.1, asks for form-encoding, which Particle's server does not decode.
    const credentials = encodeBase64(`${id}:${secret.reveal()}`)
    headers.authorization = `Basic ${credentials}`
    hidden.push(new Secret(credentials))
  }
  return { method: 'POST', path, headers: new Secret(headers), body: new Secret(form.toString()), secrets: hidden }
}

/** Appends the grant's fields in the catalogue's order. Returns the secret ones. */
function appendFields(form: URLSearchParams, request: TokenRequest, grantType: GrantType): Secret[] {
  const { grant_type: _, ...given } = request as Readonly<Record<string, unknown>>
  const { fields } = grants[grantType]
  const unknown = Object.keys(given).find((name) => !Object.hasOwn(fields, name))
  if (unknown !== undefined) throw invalidArgument(unknown, `is not a field of grant_type=${grantType}`)
  if (given.expires_in !== undefined && given.expires_at !== undefined) {
    throw invalidArgument('expires_at', 'must not be combined with expires_in')
  }
  const secrets: Secret[] = []
  for (const [name, { format, required }] of Object.entries(fields)) {
    const value = given[name]
    if (value === undefined && !required) continue
    if (value === undefined) throw invalidArgument(name, `is required by grant_type=${grantType}`)
    const sent = encodeField(name, format, value)
    form.append(name, sent)
    // As it was sent, which can differ from what was given: a server can echo only what it received.
    if (isSecretFormat(format) || Secret.isInstance(value)) secrets.push(new Secret(sent))
  }
  return secrets
}

/** Checks a field's value and returns it as it is sent. Throws `invalid_argument`, which never repeats the value. */
export function encodeField(name: string, format: FieldFormat, given: unknown): string {
  const value = Secret.isInstance(given) ? given.reveal() : given
  const isRightType = format === 'seconds' ? Number.isSafeInteger(value) : typeof value === 'string'
  const text = isRightType ? String(value) : ''
  // People paste codes as "123 456". A number would have lost its leading zeros already.
  const sent = format === 'otp' ? text.replace(/\s/g, '') : text
  // A pattern that redacts a longer one is too large for the platform: its refusal could not be read, and so not counted.
  if (format === 'secret' && sent.length > 1024) throw invalidArgument(name, 'must have at most 1024 characters')
  const [pattern, problem] = formats[format]
  if (!pattern.test(sent) || (format === 'date' && Number.isNaN(Date.parse(sent)))) throw invalidArgument(name, problem)
  return sent
}

const text = [/./s, 'must be a non-empty string'] as const

const formats: Readonly<Record<FieldFormat, readonly [pattern: RegExp, problem: string]>> = {
  text,
  secret: text,
  otp: [/^\d{6}$/, 'must be a string of six digits'],
  // The server takes a negative or non-numeric value for "never expires".
  seconds: [/^\d+$/, 'must be an integer of seconds, 0 or more'],
  date: [
    /^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)$/,
    'must be an ISO 8601 time with its offset, such as 2030-01-31T00:00:00Z',
  ],
  scope: [/^[!-~\u00a1-\uffff]+( [!-~\u00a1-\uffff]+)*$/, 'must be words separated by single spaces'],
}

/** Whether fields of this format hold a secret. */
export function isSecretFormat(format: FieldFormat): boolean {
  return format === 'secret' || format === 'otp'
}

/** Checks a value against the format of a grant's field. Throws `invalid_argument`, naming the parameter. */
export function checkField<G extends GrantType>(
  [grantType, field]: readonly [G, FieldName<G>],
  value: unknown,
  parameter: string = field,
): void {
  // FieldName<G> is the name of a field of this grant.
  const { format } = (grants[grantType].fields as Record<string, FieldDefinition>)[field] as FieldDefinition
  // A session compares and stores values that are no secrets, so they must not be wrapped as one.
  encodeField(parameter, format, Secret.isInstance(value) && !isSecretFormat(format) ? undefined : value)
}
