import type { ParsedRequest } from '../http/request.ts'
import { apiError, type HttpResponse, json } from '../http/response.ts'
import { route } from '../http/router.ts'
import { type ApiDependencies, withAccessToken } from '../oauth/bearer.ts'

const devices = [
  { id: '0123456789abcdef01234567', name: 'garden', platform_id: 32, product_id: 32, online: true },
  { id: '89abcdef0123456789abcdef', name: 'cellar', platform_id: 32, product_id: 32, online: false },
]

/** A few devices to use tokens on. Every account has the same ones, and scopes are not checked. */
export const deviceRoutes = [
  route<ApiDependencies>(
    'GET',
    '/v1/devices',
    withAccessToken(() => json(devices)),
  ),
  route<ApiDependencies>(
    'GET',
    '/v1/devices/:id',
    withAccessToken((_token, { params }) => withDevice(params.id, (device) => device)),
  ),
  route<ApiDependencies>(
    'PUT',
    '/v1/devices/:id',
    withAccessToken((_token, { params, request }) =>
      withDevice(params.id, ({ id }) => ({ id, ...getSentFields(request) })),
    ),
  ),
  // Returns what it received, so that a test can check the body of a replayed request.
  route<ApiDependencies>(
    'POST',
    '/v1/devices/:id/:function',
    withAccessToken((_token, { params, request }) =>
      withDevice(params.id, ({ id, name, online }) => ({
        id,
        name: params.function,
        device: name,
        connected: online,
        return_value: 1,
        received: getSentFields(request),
      })),
    ),
  ),
]

function withDevice(
  id: string | undefined,
  describe: (device: (typeof devices)[number]) => object,
): HttpResponse {
  const device = devices.find((known) => known.id === id || known.name === id)
  return device ? json(describe(device)) : apiError(404, 'Device not found')
}

function getSentFields(request: ParsedRequest): object {
  const sent: Record<string, unknown> = { ...request.json, ...Object.fromEntries(request.form) }
  const { access_token: _token, ...fields } = sent
  return fields
}
