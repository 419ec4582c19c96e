import { type ParsedRequest, parseJsonObject } from '../http/request.ts'
import { type HttpResponse, json } from '../http/response.ts'
import { type Context, callRoute, route } from '../http/router.ts'
import { checkMembers, type Rules, stringOrNumber } from '../rules.ts'
import type { Sandbox } from '../sandbox.ts'

const done = { ok: true }

/** Each route returns the body of its response. */
const controlRoutes = [
  controlRoute('GET', '/', ({ sandbox }) => ({
    clock: describeClock(sandbox),
    accounts: sandbox.accounts,
    clients: sandbox.clients,
    settings: sandbox.settings,
    faults: sandbox.faults.list(),
  })),
  controlRoute('POST', '/clock', moveClock),
  controlRoute('GET', '/faults', ({ sandbox }) => sandbox.faults.list()),
  controlRoute('POST', '/faults', ({ sandbox, request }) => {
    sandbox.failNext(readInput(request))
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
  controlRoute('POST', '/revoke', ({ sandbox, request }) => sandbox.revoke(readInput(request))),
  controlRoute('POST', '/expire', ({ sandbox, request }) => sandbox.expire(readInput(request))),
  controlRoute('POST', '/sso/approve', ({ sandbox, request }) => {
    const { userCode, ...approval } = readInput(request)
    sandbox.sso.approve(String(userCode), approval)
    return done
  }),
  controlRoute('POST', '/sso/deny', ({ sandbox, request }) => {
    sandbox.sso.deny(String(readInput(request).userCode))
    return done
  }),
  controlRoute('POST', '/sso/rotate-keys', ({ sandbox }) => {
    sandbox.sso.rotateKeys()
    return done
  }),
  controlRoute('POST', '/reset', ({ sandbox }) => {
    sandbox.reset()
    return done
  }),
]

function controlRoute(method: string, path: string, getBody: (context: Context) => unknown) {
  return route(method, `/__sandbox${path.replace(/^\/$/, '')}`, (context) => {
    return json(getBody(context))
  })
}

/** Handles a request for `/__sandbox`: the methods of the library over HTTP. Wrong input gets 400 and the reason. */
export function handleControlRequest(
  request: ParsedRequest,
  current: Pick<Context, 'sandbox' | 'state'>,
): HttpResponse {
  try {
    const response = callRoute(controlRoutes, request, current)
    return response ?? json({ error: 'There is no such route under /__sandbox' }, 404)
  } catch (error) {
    if (error instanceof TypeError || error instanceof RangeError) return json({ error: error.message }, 400)
    throw error
  }
}

/**
 * Returns the JSON object in the body, whatever the Content-Type: `curl -d '{…}'` declares a form. Parameters in the URL are
 * rejected, because ignoring them would select everything.
 */
function readInput({ query, body }: ParsedRequest): Record<string, unknown> {
  if (query.size > 0) throw new TypeError('Send parameters in the body, as JSON, and not in the URL')
  const input = body.trim() === '' ? {} : parseJsonObject(body)
  if (!input) throw new TypeError('The body is not a JSON object, such as {"username":"dev@example.com"}')
  return input
}

interface ClockMove {
  advance?: string | number
  set?: string | number
}
const clockMoveRules: Rules<ClockMove> = { advance: stringOrNumber, set: stringOrNumber }

function moveClock({ sandbox, request }: Context): { now: number; iso: string } {
  const move: ClockMove = readInput(request)
  checkMembers('A move of the clock', move, clockMoveRules)
  const { advance, set } = move
  if ((advance === undefined) === (set === undefined)) {
    throw new TypeError('Send {"advance":"90d"} or {"set":"2027-01-01T00:00:00Z"}')
  }
  if (advance !== undefined) sandbox.clock.advance(advance)
  if (set !== undefined) sandbox.clock.set(typeof set === 'number' ? set : Date.parse(set))
  return describeClock(sandbox)
}

function describeClock({ clock }: Sandbox): { now: number; iso: string } {
  const now = clock.now()
  return { now, iso: new Date(now).toISOString() }
}

function listRequests({ sandbox, request }: Context): unknown {
  const last = request.query.get('last')
  if (last !== null && !/^\d+$/.test(last)) throw new TypeError(`"last" is a number, not "${last}"`)
  const requests = sandbox.requests()
  return last === null ? requests : requests.slice(Math.max(0, requests.length - Number(last)))
}
