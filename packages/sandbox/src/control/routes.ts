import type { Context } from 'hono'
import { Hono } from 'hono'
import type { Call } from '../call.ts'
import { formType, readForm, readJsonObject } from '../call.ts'
import type { Sandbox } from '../contract.ts'
import { tokenChoiceMembers } from '../contract.ts'
import type { Members } from './check.ts'
import { checkMembers, fromForm } from './check.ts'
import { faultMembers } from './faults.ts'

/** What a control route works on. */
export interface ControlEnv {
  Bindings: { call: Call; sandbox: Sandbox }
}

/** The sandbox's own routes: what the library can do, over HTTP. Wrong input answers 400 with a sentence. */
export function createControl(): Hono<ControlEnv> {
  const control = new Hono<ControlEnv>({ strict: false }).basePath('/__sandbox')

  control.get('/', ({ env: { sandbox, call } }) =>
    Response.json({
      version: call.connection.version ?? null,
      clock: clockOf(sandbox),
      accounts: sandbox.accounts,
      clients: sandbox.clients,
      settings: sandbox.settings,
      faults: sandbox.faults.list(),
    }),
  )
  control.post('/clock', (context) => Response.json(moveClock(context)))
  control.get('/faults', ({ env: { sandbox } }) => Response.json(sandbox.faults.list()))
  control.post('/faults', (context) => {
    context.env.sandbox.failNext(input(context, faultMembers))
    return done()
  })
  control.delete('/faults', ({ env: { sandbox } }) => {
    sandbox.faults.clear()
    return done()
  })
  control.get('/requests', ({ req, env: { sandbox } }) => {
    const last = req.query('last')
    if (last !== undefined && !/^\d+$/.test(last)) throw new TypeError(`"last" is a number, not "${last}"`)
    const requests = sandbox.requests()
    return Response.json(
      last === undefined ? requests : requests.slice(Math.max(0, requests.length - Number(last))),
    )
  })
  control.get('/otp/:username', ({ req, env: { sandbox } }) =>
    Response.json({ otp: sandbox.otp(req.param('username')) }),
  )
  control.post('/revoke', (context) =>
    Response.json(context.env.sandbox.revoke(input(context, tokenChoiceMembers))),
  )
  control.post('/expire', (context) =>
    Response.json(context.env.sandbox.expire(input(context, tokenChoiceMembers))),
  )
  control.post('/reset', ({ env: { sandbox } }) => {
    sandbox.reset()
    return done()
  })

  control.notFound(() => Response.json({ error: 'There is no such route under /__sandbox' }, { status: 404 }))
  control.onError((error) => {
    if (!(error instanceof TypeError || error instanceof RangeError)) throw error
    return Response.json({ error: error.message }, { status: 400 })
  })
  return control
}

const clockMembers = { advance: ['string', 'number'], set: ['string', 'number'] } as const

function moveClock(context: Context<ControlEnv>): { now: number; iso: string } {
  const given = input(context, clockMembers)
  checkMembers('A move of the clock', given, clockMembers)
  const { advance, set } = given as { [name in keyof typeof clockMembers]?: string | number }
  const { clock } = context.env.sandbox
  if (advance !== undefined && set === undefined) clock.advance(advance)
  else if (set !== undefined && advance === undefined) clock.set(timeOf(set))
  else throw new TypeError('Send {"advance":"90d"} or {"set":"2027-01-01T00:00:00Z"}')
  return clockOf(context.env.sandbox)
}

function timeOf(set: number | string): number {
  return typeof set === 'number' ? set : Date.parse(set)
}

function clockOf({ clock }: Sandbox): { now: number; iso: string } {
  const now = clock.now()
  return { now, iso: new Date(now).toISOString() }
}

function done(): Response {
  return Response.json({ ok: true })
}

/**
 * JSON whatever the Content-Type (`curl -d '{…}'` says form), else the fields of a form, read as the members that
 * they name. Nothing is read from the URL, and what stands there is refused: it would pass for "everything".
 */
function input({ env: { call } }: Context<ControlEnv>, members: Members): Record<string, unknown> {
  const [inUrl] = call.query.keys()
  if (inUrl !== undefined) throw new TypeError('Send it in the body, as JSON or as a form, not in the URL')
  const json = readJsonObject(call.body)
  if (Object.keys(json).length > 0 || call.body.trim() === '' || /^\s*\{\s*\}\s*$/.test(call.body))
    return json
  if (call.contentType !== formType || /^\s*[{[]/.test(call.body)) {
    throw new TypeError('The body is neither a JSON object nor a form')
  }
  return fromForm(readForm(call.body), members)
}
