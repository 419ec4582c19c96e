import { tokenRequest } from '@particle-grants/reference'
import type { Sandbox, Settings } from '@particle-grants/sandbox'

/** A request, as the sandbox's `fetch` takes it. */
export interface SentRequest {
  readonly url: string
  readonly method: string
  readonly headers: Record<string, string>
  readonly body?: string
}

interface Refused {
  /** The cause that it has, by its anchor in the reference. */
  readonly anchor: string
  readonly path: string
  readonly method?: string
  readonly settings?: Partial<Settings>
  readonly request: (sandbox: Sandbox) => Promise<SentRequest> | SentRequest
}

interface AroundCall {
  readonly method: string
  /** As the document writes it. */
  readonly path: string
  readonly request: (sandbox: Sandbox) => Promise<SentRequest> | SentRequest
}

type Form = Readonly<Record<string, string>>

const basic = (client: string) => `Basic ${btoa(client)}`
const developer = basic('particle:particle')
const product = basic('my-product-1234:product-secret')
const dev = { grant_type: 'password', username: 'dev@example.com', password: 'correct horse' }
const mfa = { grant_type: 'password', username: 'mfa@example.com', password: 'battery staple' }
const jane = { grant_type: 'password', username: 'jane@example.com', password: 'janes own password' }

function token(form: Form, authorization = developer): SentRequest {
  return {
    url: tokenRequest.path,
    method: 'POST',
    headers: { authorization, 'content-type': tokenRequest.contentType },
    body: new URLSearchParams(form).toString(),
  }
}

async function ask(sandbox: Sandbox, form: Form, authorization = developer): Promise<Record<string, string>> {
  const { url, ...init } = token(form, authorization)
  return (await sandbox.fetch(new URL(url, tokenRequest.url), init)).json() as Promise<Record<string, string>>
}

const atTheTokenEndpoint = (anchor: string, request: Refused['request'], settings?: Partial<Settings>): Refused => ({
  anchor,
  path: '/oauth/token',
  request,
  ...(settings && { settings }),
})

const elsewhere = (anchor: string, request: Refused['request']): Refused => ({
  anchor,
  path: '/v1/devices',
  method: 'GET',
  request,
})

const devices = (headers: Record<string, string>, query = ''): SentRequest => ({
  url: `/v1/devices${query}`,
  method: 'GET',
  headers,
})

async function secondStep(sandbox: Sandbox, fields: (mfa_token: string) => Form): Promise<SentRequest> {
  const { mfa_token = '' } = await ask(sandbox, mfa)
  return token(fields(mfa_token))
}

/** A request for each cause of a refusal that the sandbox has. */
export const refusedRequests: readonly Refused[] = [
  atTheTokenEndpoint('mfa_required-second_request', () => token(mfa)),
  atTheTokenEndpoint('invalid_grant-credentials', () => token({ ...dev, password: 'wrong' })),
  atTheTokenEndpoint('invalid_grant-refresh_token', async (sandbox) => {
    const { refresh_token = '' } = await ask(sandbox, dev)
    return token({ grant_type: 'refresh_token', refresh_token })
  }),
  atTheTokenEndpoint('invalid_grant-expired_refresh_token', async (sandbox) => {
    const { refresh_token = '' } = await ask(sandbox, jane, product)
    sandbox.clock.advance('200d')
    return token({ grant_type: 'refresh_token', refresh_token }, product)
  }),
  atTheTokenEndpoint('invalid_grant-client_without_owner', () => token({ grant_type: 'client_credentials' })),
  atTheTokenEndpoint('invalid_client-client_id', () => token(dev, 'Bearer x')),
  atTheTokenEndpoint('invalid_client-client_secret', () => token({ ...dev, client_id: 'particle' }, '')),
  atTheTokenEndpoint('invalid_client-unknown_client', () => token(dev, basic('unknown:nothing'))),
  atTheTokenEndpoint('invalid_client-username_password', () => token({ ...dev, password: '' })),
  atTheTokenEndpoint('invalid_client-grant_not_allowed', () => token(jane, basic('no-password-client:s3cret-s3cret'))),
  atTheTokenEndpoint('invalid_request-encoding', () => ({
    ...token(dev),
    headers: { authorization: developer, 'content-type': 'application/json' },
    body: JSON.stringify(dev),
  })),
  atTheTokenEndpoint('invalid_request-grant_type', () => token({ ...mfa, grant_type: 'urn:custom:mfa-token' })),
  atTheTokenEndpoint('invalid_request-grant_type_case', () => token({ ...dev, grant_type: 'PASSWORD' })),
  atTheTokenEndpoint('invalid_request-otp_fields', (sandbox) =>
    secondStep(sandbox, (mfa_token) => ({ grant_type: 'urn:custom:mfa-otp', mfa_token })),
  ),
  atTheTokenEndpoint('invalid_request-recovery_fields', (sandbox) =>
    secondStep(sandbox, (mfa_token) => ({ grant_type: 'urn:custom:recovery-code', mfa_token })),
  ),
  atTheTokenEndpoint('invalid_request-no_refresh_token', () => token({ grant_type: 'refresh_token' }, product)),
  elsewhere('invalid_request-no_access_token', () => devices({})),
  elsewhere('invalid_request-two_access_tokens', async (sandbox) => {
    const { access_token = '' } = await ask(sandbox, dev)
    return devices({ authorization: `Bearer ${access_token}` }, `?access_token=${access_token}`)
  }),
  elsewhere('invalid_request-authorization_header', () => devices({ authorization: 'Bearer' })),
  atTheTokenEndpoint('invalid_scope-refused', () =>
    token({ grant_type: 'client_credentials', scope: 'customer=unknown@example.com' }, product),
  ),
  atTheTokenEndpoint('invalid_token-otp', (sandbox) =>
    secondStep(sandbox, (mfa_token) => {
      const otp = `${(Number(sandbox.otp(mfa.username)) + 500_000) % 1_000_000}`.padStart(6, '0')
      return { grant_type: 'urn:custom:mfa-otp', mfa_token, otp }
    }),
  ),
  atTheTokenEndpoint('invalid_token-mfa_token', () =>
    token({ grant_type: 'urn:custom:mfa-otp', mfa_token: 'unknown', otp: '123456' }),
  ),
  atTheTokenEndpoint('invalid_token-recovery_code', (sandbox) =>
    secondStep(sandbox, (mfa_token) => ({
      grant_type: 'urn:custom:recovery-code',
      mfa_token,
      recovery_code: 'wrong',
    })),
  ),
  elsewhere('invalid_token-access_token', () => devices({ authorization: 'Bearer nonsense' })),
  elsewhere('invalid_token-expired_access_token', async (sandbox) => {
    const { access_token = '' } = await ask(sandbox, dev)
    sandbox.expire()
    return devices({ authorization: `Bearer ${access_token}` })
  }),
  atTheTokenEndpoint('sso_user-account', () =>
    token({ grant_type: 'password', username: 'sso@example.com', password: 'x' }),
  ),
  atTheTokenEndpoint(
    'rate_limit_exceeded-requests',
    async (sandbox) => {
      await ask(sandbox, dev)
      return token(dev)
    },
    { rateLimit: { requests: 1, seconds: 300 } },
  ),
  atTheTokenEndpoint(
    'rate_limit_exceeded-lockout',
    async (sandbox) => {
      await ask(sandbox, { ...dev, password: 'wrong' })
      return token(dev)
    },
    { lockout: { failures: 1, seconds: 1800 } },
  ),
  atTheTokenEndpoint('server_error-failure', (sandbox) => {
    sandbox.failNext({ error: 'server_error' })
    return token(dev)
  }),
]

const asDeveloper = async (sandbox: Sandbox): Promise<Record<string, string>> => {
  const { access_token = '' } = await ask(sandbox, dev)
  return { authorization: `Bearer ${access_token}` }
}

const bearer = (method: string, path: string, url = path): AroundCall => ({
  method,
  path,
  request: async (sandbox) => ({ url, method, headers: await asDeveloper(sandbox) }),
})

const owner = { ...dev, username: 'owner@example.com', password: 'owner of products' }
const team = '/v1/products/1234/team'
const apiUser = { friendly_name: 'CI', scopes: ['devices:list'] }
const client = { name: 'My product', type: 'installed' }

/** A call by the administrator of product 1234. `{username}` is that of an API user, which is created first. */
const administer = (method: string, path: string, body?: object): AroundCall => ({
  method,
  path,
  async request(sandbox) {
    const { access_token = '' } = await ask(sandbox, owner)
    const headers = { authorization: `Bearer ${access_token}`, 'content-type': 'application/json' }
    const create = { method: 'POST', headers, body: JSON.stringify(apiUser) }
    const response = await sandbox.fetch(new URL(team, tokenRequest.url), create)
    const { created } = (await response.json()) as { created: { username: string } }
    const url = path
      .replace('{productIdOrSlug}', '1234')
      .replace('{username}', created.username)
      .replace('{email}', jane.username)
      .replace('{clientId}', 'no-password-client')
    return { url, method, headers, ...(body && { body: JSON.stringify(body) }) }
  },
})

/** A request for each call around the token endpoint that the sandbox serves. */
export const bearerCalls: readonly AroundCall[] = [
  bearer('GET', '/v1/access_tokens/current'),
  bearer('DELETE', '/v1/access_tokens/current'),
  bearer('DELETE', '/v1/access_tokens'),
  bearer('DELETE', '/v1/access_tokens/{token}', '/v1/access_tokens/anything'),
  bearer('GET', '/v1/user'),
  bearer('GET', '/v1/user/mfa-enable'),
  bearer('GET', '/v1/devices'),
  {
    method: 'POST',
    path: '/v1/user/mfa-enable',
    async request(sandbox) {
      const headers = { ...(await asDeveloper(sandbox)), 'content-type': 'application/json' }
      const started = await sandbox.fetch(new URL('/v1/user/mfa-enable', tokenRequest.url), { headers })
      const { mfa_token } = (await started.json()) as { mfa_token: string }
      const body = JSON.stringify({ mfa_token, otp: sandbox.otp(dev.username) })
      return { url: '/v1/user/mfa-enable', method: 'POST', headers, body }
    },
  },
  {
    method: 'PUT',
    path: '/v1/user/mfa-disable',
    request: async (sandbox) => ({
      url: '/v1/user/mfa-disable',
      method: 'PUT',
      headers: { ...(await asDeveloper(sandbox)), 'content-type': 'application/json' },
      body: JSON.stringify({ current_password: dev.password }),
    }),
  },
  {
    method: 'POST',
    path: '/v1/products/{productIdOrSlug}/customers',
    request: () => ({
      ...token({ grant_type: 'client_credentials', email: 'bob@example.com', no_password: 'true' }, product),
      url: '/v1/products/1234/customers',
    }),
  },
  administer('GET', '/v1/products/{productIdOrSlug}/customers'),
  administer('DELETE', '/v1/products/{productIdOrSlug}/customers/{email}'),
  administer('GET', '/v1/products/{productIdOrSlug}/team'),
  administer('POST', '/v1/products/{productIdOrSlug}/team', apiUser),
  administer('PUT', '/v1/products/{productIdOrSlug}/team/{username}', apiUser),
  administer('DELETE', '/v1/products/{productIdOrSlug}/team/{username}'),
  administer('GET', '/v1/products/{productIdOrSlug}/clients'),
  administer('POST', '/v1/products/{productIdOrSlug}/clients', client),
  administer('DELETE', '/v1/products/{productIdOrSlug}/clients/{clientId}'),
  administer('GET', '/v1/clients'),
  administer('POST', '/v1/clients', client),
  bearer('DELETE', '/v1/clients/{clientId}', '/v1/clients/my-scripts-5678'),
]
