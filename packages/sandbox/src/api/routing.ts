import type { Context, Hono } from 'hono'
import type { Call } from '../call.ts'
import type { AccessToken } from '../model/tokens.ts'
import type { World } from '../model/world.ts'
import { authorise } from '../oauth/bearer.ts'

/** What a route works on. In `notes` it leaves what the journal tells of the answer. */
export interface Env {
  Bindings: { world: World; call: Call; notes: { error?: string } }
}

/** The routes of Particle's side. */
export type App = Hono<Env>

/** An answer in JSON, with the media type that Express gives it. */
export function reply(body: unknown, status = 200): Response {
  return Response.json(body, { status, headers: { 'content-type': 'application/json; charset=utf-8' } })
}

/** A refusal outside of OAuth. What the service's bodies look like here is unknown; clients should not care. */
export function refused(status: number, error: string): Response {
  return reply({ ok: false, error }, status)
}

/** A handler that runs only with a good access token. */
export function authorised(
  handle: (token: AccessToken, context: Context<Env>) => Response,
): (context: Context<Env>) => Response {
  return (context) => handle(authorise(context.env.world, context.env.call), context)
}
