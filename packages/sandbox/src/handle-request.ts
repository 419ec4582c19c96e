import { accessTokenRoutes } from './api/access-tokens.ts'
import { clientRoutes } from './api/clients.ts'
import { customerRoutes } from './api/customers.ts'
import { deviceRoutes } from './api/devices.ts'
import { eventRoutes } from './api/events.ts'
import { teamRoutes } from './api/team.ts'
import { userRoutes } from './api/user.ts'
import { type FaultOptions, Faults, faultResponse, replacesResponse } from './control/faults.ts'
import { findHint } from './control/hints.ts'
import { Journal } from './control/journal.ts'
import { rejectForeignRequest } from './control/local-only.ts'
import { handleControlRequest } from './control/routes.ts'
import { type HttpRequest, type ParsedRequest, parseRequest } from './http/request.ts'
import { ApiError, type HttpResponse, truncate } from './http/response.ts'
import { type Context, callRoute, type Route, route } from './http/router.ts'
import { handleApprovalRequest, isApprovalPage } from './identity-provider/approval-page.ts'
import { identityProviderRoutes } from './identity-provider/routes.ts'
import { OAuthError, oauthErrorResponse } from './oauth/errors.ts'
import { handleTokenRequest } from './oauth/token-endpoint.ts'
import { getPageFile } from './page/page.ts'

/** Everything that the sandbox serves of Particle. */
const particleRoutes: readonly Route<HttpResponse | Promise<HttpResponse>>[] = [
  route('*', '/oauth/token', ({ state, request }) => {
    return state.limits.runTokenRequest(request, () => handleTokenRequest(state, request))
  }),
  ...accessTokenRoutes,
  ...userRoutes,
  // Before the devices, whose routes would match `/v1/devices/events`.
  ...eventRoutes,
  ...deviceRoutes,
  ...customerRoutes,
  ...clientRoutes,
  ...teamRoutes,
  ...identityProviderRoutes,
]

/** A fault ended the connection without a response. A TypeError, as `fetch` throws it. */
export class ConnectionDropped extends TypeError {
  override readonly name = 'ConnectionDropped'

  constructor() {
    super('fetch failed', { cause: new Error('A fault of the sandbox dropped the connection') })
  }
}

/**
 * Creates the function that handles every request: the sandbox's own page and routes, or a fault, Particle's routes and
 * the journal. `getCurrent` returns the current state, because a reset creates a new one.
 */
export function createRequestHandler(getCurrent: () => Pick<Context, 'sandbox' | 'state'>) {
  const faults = new Faults()
  const journal = new Journal()

  async function handle(received: HttpRequest): Promise<HttpResponse> {
    const request = parseRequest(received, getCurrent().state.now())
    const { path } = request
    const pageFile = getPageFile(path)
    const isControl = path === '/__sandbox' || path.startsWith('/__sandbox/')
    const rejection = rejectForeignRequest(request, {
      sameOriginOnly: isControl || pageFile !== undefined || (isApprovalPage(request) && request.method === 'POST'),
    })
    if (rejection) return rejection
    if (pageFile) return pageFile
    if (isApprovalPage(request)) return handleApprovalRequest(request, getCurrent().state)
    if (isControl) return handleControlRequest(request, getCurrent())
    const preflight = getPreflightResponse(request)
    if (preflight) return withServiceHeaders(preflight, request)
    const fault = faults.take(request)
    return fault ? applyFault(fault, request) : handleAsParticle(request)
  }

  /** Returns a promise only where the route does: a promise costs a request a few percent of its time. */
  function handleAsParticle(request: ParsedRequest): HttpResponse | Promise<HttpResponse> {
    const response = callParticle(request)
    const finish = (ready: HttpResponse) => finishResponse(request, ready)
    return response instanceof Promise ? response.then(finish) : finish(response)
  }

  function finishResponse(request: ParsedRequest, response: HttpResponse): HttpResponse {
    const { status, error } = response
    const hint = findHint({ state: getCurrent().state, request, status, error })
    journal.record(request, { status, error, hint })
    return withServiceHeaders(response, request)
  }

  async function applyFault(fault: FaultOptions, request: ParsedRequest): Promise<HttpResponse> {
    const served = fault.after ? await callParticle(request) : undefined
    if (fault.delay) {
      await delay(fault.delay, request.getSignal?.()).catch((reason) => {
        journal.record(request, { status: 0, fault: true, dropped: 'by the client' })
        throw reason
      })
    }
    if (fault.drop === true || fault.drop === 'before') {
      journal.record(request, { status: 0, fault: true, dropped: 'before' })
      throw new ConnectionDropped()
    }
    const response = replacesResponse(fault) ? faultResponse(fault) : (served ?? (await callParticle(request)))
    const { status, error } = response
    const dropped = fault.drop === 'during' ? fault.drop : undefined
    journal.record(request, { status, error, fault: true, dropped })
    withServiceHeaders(response, request)
    return dropped ? truncate(response) : response
  }

  function callParticle(request: ParsedRequest): HttpResponse | Promise<HttpResponse> {
    try {
      return callRoute(particleRoutes, request, getCurrent()) ?? new ApiError(404, 'Not found').response
    } catch (error) {
      if (error instanceof ApiError) return error.response
      if (error instanceof OAuthError) return oauthErrorResponse(error)
      throw error
    }
  }

  return { handle, faults, journal }
}

/** Adds the headers of every response of the service. `Date` follows the sandbox's clock. */
function withServiceHeaders(response: HttpResponse, { id, at }: ParsedRequest): HttpResponse {
  const { headers } = response
  headers['access-control-allow-origin'] = '*'
  headers['x-request-id'] = id
  headers.date = formatDate(at)
  return response
}

let lastSecond = Number.NaN
let lastDate = ''

/** Formatting a date takes longer than most of a request, so the last one is kept. */
function formatDate(time: number): string {
  const second = Math.floor(time / 1000)
  if (second !== lastSecond) lastDate = new Date(time).toUTCString()
  lastSecond = second
  return lastDate
}

/** A browser sends a preflight before a request to another origin. Other OPTIONS requests are handled like the rest. */
function getPreflightResponse({ method, headers }: ParsedRequest): HttpResponse | undefined {
  if (method !== 'OPTIONS' || headers['access-control-request-method'] === undefined) return undefined
  return {
    status: 204,
    headers: {
      'access-control-allow-methods': 'GET, POST, PUT, DELETE, OPTIONS',
      'access-control-allow-headers': headers['access-control-request-headers'] ?? 'Authorization, Content-Type',
      'access-control-max-age': '600',
    },
    body: '',
  }
}

/** Waits in real time. Rejects with the signal's reason when the client disconnects. */
function delay(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted()
    const timer = setTimeout(resolve, ms)
    signal?.addEventListener('abort', () => {
      clearTimeout(timer)
      reject(signal.reason)
    })
  })
}
