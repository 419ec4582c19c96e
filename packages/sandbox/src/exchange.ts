import { createApp } from './app.ts'
import type { Call, Connection } from './call.ts'
import { readCall } from './call.ts'
import type { Sandbox } from './contract.ts'
import type { FaultOptions } from './control/faults.ts'
import { Faults, faultResponse, hasAnswer } from './control/faults.ts'
import { refusalOf } from './control/guard.ts'
import { hintFor } from './control/hints.ts'
import { Journal } from './control/journal.ts'
import { createControl } from './control/routes.ts'
import { ConnectionDropped, halfOf, pause } from './control/trouble.ts'
import type { World } from './model/world.ts'
import { isPagePath, pageResponse } from './page/page.ts'

/** A served answer, and the error code in it. */
interface Served {
  readonly response: Response
  readonly error: string | undefined
}

/**
 * The way of every request: guard, then the sandbox's own routes, or faults, Particle's routes and the journal.
 * `current` gives the world of the moment, since a reset makes a new one.
 */
export function createAnswer(current: () => { world: World; sandbox: Sandbox }) {
  const faults = new Faults()
  const journal = new Journal()
  const app = createApp()
  const control = createControl()

  async function answer(request: Request, connection: Connection): Promise<Response> {
    request.signal.throwIfAborted()
    const { world, sandbox } = current()
    const call = await readCall(request, connection, world.now)
    const isOwn = call.path.startsWith('/__sandbox') || isPagePath(call.path)
    const refusal = refusalOf(request, isOwn)
    if (refusal) return refusal
    if (isPagePath(call.path)) return pageResponse(call.path)
    // Hono routes by the request; its body has been read, and is in the call.
    if (isOwn) return control.fetch(bodiless(request), { call, sandbox })
    if (isPreflight(call)) return stamped(preflight(call), call)
    return answerAsParticle(request, call)
  }

  async function answerAsParticle(request: Request, call: Call): Promise<Response> {
    const fault = faults.take(call)
    if (fault) return answerWithFault(fault, request, call)
    const { response, error } = await serve(request, call)
    const { status } = response
    journal.record(call, { status, error, hint: hintFor(current().world, call, { status, error }) })
    return stamped(response, call)
  }

  async function answerWithFault(fault: FaultOptions, request: Request, call: Call): Promise<Response> {
    const served = fault.after ? await serve(request, call) : undefined
    await pause(fault.delay ?? 0, request.signal).catch((aborted) => {
      journal.record(call, { status: 0, fault: true, dropped: 'by the client' })
      throw aborted
    })
    if (fault.drop === true || fault.drop === 'before') {
      journal.record(call, { status: 0, fault: true, dropped: 'before' })
      throw new ConnectionDropped()
    }
    const { response, error } = replaces(fault)
      ? { response: faultResponse(fault), error: fault.error }
      : (served ?? (await serve(request, call)))
    const dropped = fault.drop ? 'during' : undefined
    journal.record(call, { status: response.status, error, fault: true, dropped })
    return stamped(dropped ? await halfOf(response) : response, call)
  }

  async function serve(request: Request, call: Call): Promise<Served> {
    const notes: { error?: string } = {}
    const response = await app.fetch(bodiless(request), { world: current().world, call, notes })
    return { response, error: notes.error }
  }

  return { answer, faults, journal }
}

/** Whether a fault answers by itself; half an answer needs one to halve, unless the request is served first. */
function replaces(fault: FaultOptions): boolean {
  return hasAnswer(fault) || (fault.drop === 'during' && !fault.after)
}

function bodiless({ url, method, headers }: Request): Request {
  return new Request(url, { method, headers })
}

/** What every answer of the service carries; `Date` follows the sandbox's clock. */
function stamped(response: Response, call: Call): Response {
  response.headers.set('access-control-allow-origin', '*')
  response.headers.set('x-request-id', call.id)
  response.headers.set('date', new Date(call.at).toUTCString())
  return response
}

/** What a browser asks before a request to another origin. Any other OPTIONS is a request like every other. */
function isPreflight({ method, headers }: Call): boolean {
  return method === 'OPTIONS' && headers.has('access-control-request-method')
}

function preflight({ headers }: Call): Response {
  return new Response(null, {
    status: 204,
    headers: {
      'access-control-allow-methods': 'GET, POST, PUT, DELETE, OPTIONS',
      'access-control-allow-headers':
        headers.get('access-control-request-headers') ?? 'Authorization, Content-Type',
      'access-control-max-age': '600',
    },
  })
}
