import { Hono } from 'hono'
import { addCustomerRoutes } from './api/customers.ts'
import { addDeviceRoutes } from './api/devices.ts'
import { addEventRoutes } from './api/events.ts'
import type { App } from './api/routing.ts'
import { refused } from './api/routing.ts'
import { addTokenRoutes } from './api/tokens.ts'
import { addUserRoutes } from './api/user.ts'
import { tokenResponse } from './oauth/answer.ts'
import { errorResponse, OAuthError } from './oauth/errors.ts'
import { withinLimits } from './oauth/limits.ts'
import { answerTokenRequest } from './oauth/token-endpoint.ts'

/** Particle's side of the sandbox: the token endpoint and the API around it. */
export function createApp(): App {
  const app: App = new Hono({ strict: false })

  app.all('/oauth/token', ({ env: { world, call } }) =>
    tokenResponse(
      withinLimits(world, call, () => answerTokenRequest(world, call)),
      call.query,
    ),
  )
  addTokenRoutes(app)
  addUserRoutes(app)
  addEventRoutes(app)
  addDeviceRoutes(app)
  addCustomerRoutes(app)

  app.notFound(() => refused(404, 'Not found'))
  app.onError((error, { env: { notes } }) => {
    if (!(error instanceof OAuthError)) throw error
    notes.error = error.code
    return errorResponse(error)
  })
  return app
}
