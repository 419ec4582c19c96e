import type { ParsedRequest } from '../http/request.ts'
import { ApiError, json } from '../http/response.ts'
import type { Context } from '../http/router.ts'
import { scopedRoute } from '../oauth/bearer.ts'
import { getManagedProduct } from './products.ts'

const devices = [
  { id: '0123456789abcdef01234567', name: 'garden', platform_id: 32, product_id: 32, online: true },
  { id: '89abcdef0123456789abcdef', name: 'cellar', platform_id: 32, product_id: 32, online: false },
]

/** A few devices to use tokens on. Every account has the same ones, and products have none. */
export const deviceRoutes = [
  scopedRoute(['GET', '/v1/devices'], 'devices:list', () => json(devices)),
  scopedRoute(['GET', '/v1/devices/:id'], 'devices:get', (_token, { params }) => json(getDevice(params))),
  scopedRoute(['GET', '/v1/products/:product/devices'], 'devices:list', (token, context) => {
    getManagedProduct(token, context)
    return json({ devices: [], customers: [], meta: { total_pages: 1 } })
  }),
  scopedRoute(['PUT', '/v1/devices/:id'], 'devices:update', (_token, { params, request }) => {
    return json({ id: getDevice(params).id, ...getSentFields(request) })
  }),
  scopedRoute(['POST', '/v1/devices/:id/:function'], 'devices.function:call', (_token, { params, request }) => {
    const { id, name, online } = getDevice(params)
    // `received` lets a test check the body of a replayed request.
    const received = getSentFields(request)
    return json({ id, name: params.function, device: name, connected: online, return_value: 1, received })
  }),
]

function getDevice(params: Context['params']): (typeof devices)[number] {
  const device = devices.find(({ id, name }) => id === params.id || name === params.id)
  if (!device) throw new ApiError(404, 'Device not found')
  return device
}

function getSentFields(request: ParsedRequest): object {
  const sent: Record<string, unknown> = { ...request.json, ...Object.fromEntries(request.form) }
  const { access_token: _token, ...fields } = sent
  return fields
}
