import { createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

/** A response of the provider. Strings are sent as they are, anything else as JSON. `hang`: there is none. */
export interface ProviderResponse {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
  readonly hang?: boolean
}

export const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
export const otherRsa = generateKeyPairSync('rsa', { modulusLength: 2048 })

export const particleToken = 'a1b2c3d4'.repeat(5)
export const deviceCode = 'device-code-that-is-secret'

export const toJwk = (key: KeyObject, kid = 'k1') => ({
  ...key.export({ format: 'jwk' }),
  kid,
  alg: 'RS256',
  use: 'sig',
})

const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url')

/** Returns a JWT. The signature is RSA with `key`, or HMAC with its public part as the secret. */
export function createJwt(claims: object, { header = {}, key = rsa.privateKey, hmac = false } = {}): string {
  const input = `${encode({ alg: 'RS256', kid: 'k1', ...header })}.${encode(claims)}`
  if ((header as { alg?: string }).alg === 'none') return `${input}.`
  const secret = rsa.publicKey.export({ format: 'pem', type: 'spki' })
  const signature = hmac
    ? createHmac('sha256', secret).update(input).digest()
    : sign('RSA-SHA256', Buffer.from(input), key)
  return `${input}.${signature.toString('base64url')}`
}

/** Starts a provider that responds as the test says; what it does not say is as a good provider responds. */
export async function startHostileProvider(
  respond: (path: string, request: IncomingMessage) => ProviderResponse | undefined = () => undefined,
) {
  const requests: { readonly path: string; readonly body: string; readonly authorization: string | undefined }[] = []
  const server = createServer(async (incoming, outgoing) => {
    let sent = ''
    for await (const chunk of incoming) sent += chunk
    const path = incoming.url ?? ''
    requests.push({ path, body: sent, authorization: incoming.headers.authorization })
    const { status = 200, headers = {}, body = '', hang = false } = respond(path, incoming) ?? respondWell(path)
    if (hang) return
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    outgoing.writeHead(status, { 'content-type': 'application/json', ...headers }).end(text)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const issuer = `${url}/issuer`
  const goodClaims = (now: number) => ({
    iss: issuer,
    aud: 'audience',
    cid: 'client',
    sub: 'jane@example.com',
    exp: now / 1000 + 3600,
    particle_profile: particleToken,
  })

  function respondWell(path: string): ProviderResponse {
    switch (path) {
      case '/issuer/v1/device/authorize':
        return { body: startResponse(url) }
      case '/issuer/v1/token':
        return { body: { token_type: 'Bearer', access_token: createJwt(goodClaims(start)) } }
      case '/issuer/v1/keys':
        return { body: { keys: [toJwk(rsa.publicKey)] } }
      case '/v1/access_tokens/current':
        return { body: { expires_at: null } }
      default:
        return { status: 404 }
    }
  }

  return { url, issuer, requests, goodClaims, options: { issuer, clientId: 'client', audience: 'audience' } }
}

/** When the clocks of these tests start. */
export const start = Date.UTC(2026, 0, 1)

/** A good device authorization response. */
export function startResponse(url: string) {
  return {
    device_code: deviceCode,
    user_code: 'BCDF-GHJK',
    verification_uri: `${url}/activate`,
    verification_uri_complete: `${url}/activate?user_code=BCDF-GHJK`,
    expires_in: 600,
    interval: 5,
  }
}

/** A clock that moves only when a program waits on it. */
export function createWaitingClock() {
  let now = start
  const waits: number[] = []
  const sleep = async (ms: number) => {
    now += ms
    waits.push(ms)
  }
  return { now: () => now, sleep, waits }
}
