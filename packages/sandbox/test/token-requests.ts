import type { Sandbox } from '@particle-grants/sandbox'
import { basic } from './raw-http.ts'

/** The clients of the default sandbox, as Authorization headers. */
export const clients = {
  developer: basic('particle', 'particle'),
  product: basic('my-product-1234', 'product-secret'),
  noPassword: basic('no-password-client', 's3cret-s3cret'),
  user: basic('my-scripts-5678', 'user-client-secret'),
}

/** The accounts of the default sandbox, as fields of a form. */
export const dev = { username: 'dev@example.com', password: 'correct horse' }
export const mfa = { username: 'mfa@example.com', password: 'battery staple' }
export const jane = { username: 'jane@example.com', password: 'janes own password' }

/** A response of the token endpoint. */
export interface TokenResponse {
  status: number
  headers: Headers
  // biome-ignore lint/suspicious/noExplicitAny: tests read responses of every shape
  body: any
}

/** Sends a form to the token endpoint of a sandbox, without a socket. */
export async function requestToken(
  { fetch }: Pick<Sandbox, 'fetch'>,
  authorization: string,
  form: Record<string, string>,
): Promise<TokenResponse> {
  const response = await fetch('http://sandbox.test/oauth/token', {
    method: 'POST',
    headers: { authorization },
    body: new URLSearchParams(form),
  })
  return { status: response.status, headers: response.headers, body: await response.json() }
}

/** Signs in dev@example.com, or the account of the form, and returns the access token. */
export async function signIn(sandbox: Sandbox, form: Record<string, string> = dev): Promise<string> {
  const { body } = await requestToken(sandbox, clients.developer, { grant_type: 'password', ...form })
  return body.access_token
}

/** Sends the password of mfa@example.com, and returns the `mfa_token`. */
export async function getMfaToken(sandbox: Sandbox, form: Record<string, string> = {}): Promise<string> {
  const { body } = await requestToken(sandbox, clients.developer, { grant_type: 'password', ...mfa, ...form })
  return body.mfa_token
}

/** Sends the second factor with the current code, or with that of the form. */
export function submitCode(
  sandbox: Sandbox,
  mfaToken: string,
  form: Record<string, string> = {},
): Promise<TokenResponse> {
  const otp = sandbox.otp(mfa.username)
  return requestToken(sandbox, clients.developer, {
    grant_type: 'urn:custom:mfa-otp',
    mfa_token: mfaToken,
    otp,
    ...form,
  })
}

/** A request to an API route. */
export interface ApiCall {
  token: string
  path: string
  method?: string
  json?: object
}

/** Sends a request with a bearer token, and returns the status and the body. */
export async function call(
  { fetch }: Pick<Sandbox, 'fetch'>,
  { token, path, method = 'GET', json }: ApiCall,
  // biome-ignore lint/suspicious/noExplicitAny: tests read responses of every shape
): Promise<{ status: number; body: any }> {
  const response = await fetch(`http://sandbox.test${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, ...(json && { 'content-type': 'application/json' }) },
    ...(json && { body: JSON.stringify(json) }),
  })
  return { status: response.status, body: await response.json() }
}
