import type { ParsedRequest } from '../http/request.ts'
import { type HttpResponse, json } from '../http/response.ts'
import { type Context, callRoute, route } from '../http/router.ts'
import { type Sandbox, tokenFilterMembers } from '../sandbox.ts'
import { faultMembers } from './faults.ts'
import { checkMembers, readInput } from './input.ts'

interface ControlDependencies {
  readonly sandbox: Sandbox
}
type ControlContext = Context<ControlDependencies>

const done = { ok: true }

/** Each route returns the body of its response. */
const controlRoutes = [
  controlRoute('GET', '/', ({ sandbox, request }) => ({
    version: request.version ?? null,
    clock: describeClock(sandbox),
    accounts: sandbox.accounts,
    clients: sandbox.clients,
    settings: sandbox.settings,
    faults: sandbox.faults.list(),
  })),
  controlRoute('POST', '/clock', moveClock),
  controlRoute('GET', '/faults', ({ sandbox }) => sandbox.faults.list()),
  controlRoute('POST', '/faults', ({ sandbox, request }) => {
    sandbox.failNext(readInput(request, faultMembers))
    return done
  }),
  controlRoute('DELETE', '/faults', ({ sandbox }) => {
    sandbox.faults.clear()
    return done
  }),
  controlRoute('GET', '/requests', listRequests),
  controlRoute('GET', '/otp/:username', ({ sandbox, params }) => ({
    otp: sandbox.otp(params.username ?? ''),
  })),
  controlRoute('POST', '/revoke', ({ sandbox, request }) => {
    return sandbox.revoke(readInput(request, tokenFilterMembers))
  }),
  controlRoute('POST', '/expire', ({ sandbox, request }) => {
    return sandbox.expire(readInput(request, tokenFilterMembers))
  }),
  controlRoute('POST', '/reset', ({ sandbox }) => {
    sandbox.reset()
    return done
  }),
]

function controlRoute(method: string, path: string, getBody: (context: ControlContext) => unknown) {
  return route<ControlDependencies>(method, `/__sandbox${path.replace(/^\/$/, '')}`, (context) => {
    return json(getBody(context))
  })
}

/** Handles a request for `/__sandbox`: the methods of the library over HTTP. Wrong input gets 400 and the reason. */
export function handleControlRequest(sandbox: Sandbox, request: ParsedRequest): HttpResponse {
  try {
    const response = callRoute(controlRoutes, request, { sandbox })
    return response ?? json({ error: 'There is no such route under /__sandbox' }, 404)
  } catch (error) {
    if (error instanceof TypeError || error instanceof RangeError) return json({ error: error.message }, 400)
    throw error
  }
}

const clockMembers = { advance: ['string', 'number'], set: ['string', 'number'] } as const

function moveClock({ sandbox, request }: ControlContext): { now: number; iso: string } {
  const input = readInput(request, clockMembers)
  checkMembers('A move of the clock', input, clockMembers)
  const { advance, set } = input as { [name in keyof typeof clockMembers]?: string | number }
  const { clock } = sandbox
  if (advance !== undefined && set === undefined) clock.advance(advance)
  else if (set !== undefined && advance === undefined)
    clock.set(typeof set === 'number' ? set : Date.parse(set))
  else throw new TypeError('Send {"advance":"90d"} or {"set":"2027-01-01T00:00:00Z"}')
  return describeClock(sandbox)
}

function describeClock({ clock }: Sandbox): { now: number; iso: string } {
  const now = clock.now()
  return { now, iso: new Date(now).toISOString() }
}

function listRequests({ sandbox, request }: ControlContext): unknown {
  const last = request.query.get('last')
  if (last !== null && !/^\d+$/.test(last)) throw new TypeError(`"last" is a number, not "${last}"`)
  const requests = sandbox.requests()
  return last === null ? requests : requests.slice(Math.max(0, requests.length - Number(last)))
}
