import type { ParsedRequest } from '../http/request.ts'
import { apiError, type HttpResponse, json } from '../http/response.ts'
import type { Context } from '../http/router.ts'
import { tokenRoute } from '../oauth/bearer.ts'

const devices = [
  { id: '0123456789abcdef01234567', name: 'garden', platform_id: 32, product_id: 32, online: true },
  { id: '89abcdef0123456789abcdef', name: 'cellar', platform_id: 32, product_id: 32, online: false },
]

/** A few devices to use tokens on. Every account has the same ones, and scopes are not checked. */
export const deviceRoutes = [
  tokenRoute('GET', '/v1/devices', () => json(devices)),
  tokenRoute('GET', '/v1/devices/:id', (_token, context) => withDevice(context, (device) => device)),
  tokenRoute('PUT', '/v1/devices/:id', (_token, context) => {
    return withDevice(context, ({ id }) => ({ id, ...getSentFields(context.request) }))
  }),
  tokenRoute('POST', '/v1/devices/:id/:function', (_token, context) => {
    return withDevice(context, ({ id, name, online }) => ({
      id,
      name: context.params.function,
      device: name,
      connected: online,
      return_value: 1,
      // So that a test can check the body of a replayed request.
      received: getSentFields(context.request),
    }))
  }),
]

function withDevice(
  { params }: Context,
  describe: (device: (typeof devices)[number]) => object,
): HttpResponse {
  const device = devices.find(({ id, name }) => id === params.id || name === params.id)
  return device ? json(describe(device)) : apiError(404, 'Device not found')
}

function getSentFields(request: ParsedRequest): object {
  const sent: Record<string, unknown> = { ...request.json, ...Object.fromEntries(request.form) }
  const { access_token: _token, ...fields } = sent
  return fields
}
