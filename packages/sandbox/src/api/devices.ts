import type { App } from './routing.ts'
import { authorised, refused, reply } from './routing.ts'

const devices = [
  { id: '0123456789abcdef01234567', name: 'garden', platform_id: 32, product_id: 32, online: true },
  { id: '89abcdef0123456789abcdef', name: 'cellar', platform_id: 32, product_id: 32, online: false },
]

/** A few devices to spend tokens on. Everyone sees the same ones, and scopes are not looked at. */
export function addDeviceRoutes(app: App): void {
  app.get(
    '/v1/devices',
    authorised(() => reply(devices)),
  )
  app.get(
    '/v1/devices/:id',
    authorised((_token, { req }) => onDevice(req.param('id'), (device) => device)),
  )
  app.put(
    '/v1/devices/:id',
    authorised((_token, { req, env: { call } }) =>
      onDevice(req.param('id'), ({ id }) => ({ id, ...sentFields(call) })),
    ),
  )
  // Answers with what it was sent, so that a replayed request shows whether its body came along.
  app.post(
    '/v1/devices/:id/:function',
    authorised((_token, { req, env: { call } }) =>
      onDevice(req.param('id'), ({ id, name, online }) => ({
        id,
        name: req.param('function'),
        device: name,
        connected: online,
        return_value: 1,
        received: sentFields(call),
      })),
    ),
  )
}

function onDevice(id: string | undefined, answer: (device: (typeof devices)[number]) => object): Response {
  const device = devices.find((known) => known.id === id || known.name === id)
  return device ? reply(answer(device)) : refused(404, 'Device not found')
}

function sentFields({ form, json }: { form: ReadonlyMap<string, string>; json: object }): object {
  const { access_token: _token, ...fields }: Record<string, unknown> = {
    ...json,
    ...Object.fromEntries(form),
  }
  return fields
}
