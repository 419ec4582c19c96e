import type { Context } from 'hono'
import { Hono } from 'hono'
import type { Call } from '../call.ts'
import { formType, readForm, readJsonObject } from '../call.ts'
import type { Sandbox } from '../contract.ts'

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
    context.env.sandbox.failNext(input(context))
    return done()
  })
  control.delete('/faults', ({ env: { sandbox } }) => {
    sandbox.faults.clear()
    return done()
  })
  control.get('/requests', ({ req, env: { sandbox } }) => {
    const last = Number(req.query('last') ?? Number.POSITIVE_INFINITY)
    return Response.json(sandbox.requests().slice(-last))
  })
  control.get('/otp/:username', ({ req, env: { sandbox } }) =>
    Response.json({ otp: sandbox.otp(req.param('username')) }),
  )
  control.post('/revoke', (context) => Response.json(context.env.sandbox.revoke(input(context))))
  control.post('/expire', (context) => Response.json(context.env.sandbox.expire(input(context))))
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

function moveClock(context: Context<ControlEnv>): { now: number; iso: string } {
  const { advance, set } = input(context)
  const { clock } = context.env.sandbox
  if (typeof advance === 'string' || typeof advance === 'number') clock.advance(advance)
  else if (typeof set === 'number' || typeof set === 'string') clock.set(timeOf(set))
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

/** JSON whatever the Content-Type (`curl -d '{…}'` says form), else the fields of a form, numbers as numbers. */
function input({ env: { call } }: Context<ControlEnv>): Record<string, unknown> {
  const json = readJsonObject(call.body)
  if (Object.keys(json).length > 0 || call.body.trim() === '' || /^\s*\{\s*\}\s*$/.test(call.body))
    return json
  if (call.contentType !== formType || /^\s*[{[]/.test(call.body)) {
    throw new TypeError('The body is neither a JSON object nor a form')
  }
  return Object.fromEntries(
    [...readForm(call.body)].map(([name, value]) => [name, /^\d+$/.test(value) ? Number(value) : value]),
  )
}
