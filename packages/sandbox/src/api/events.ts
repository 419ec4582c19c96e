import type { Context } from 'hono'
import { field } from '../call.ts'
import type { PublishedEvent } from '../model/event-streams.ts'
import type { AccessToken } from '../model/tokens.ts'
import type { World } from '../model/world.ts'
import type { App, Env } from './routing.ts'
import { authorised, refused, reply } from './routing.ts'

/** Streams of events, and publishing one, for an account or for a product. Add them before the routes of devices. */
export function addEventRoutes(app: App): void {
  const devices = authorised((token, context) => openStream(token, context, ofAccount(token)))
  app.get('/v1/devices/events', devices)
  app.get('/v1/devices/events/:prefix', devices)
  app.post(
    '/v1/devices/events',
    authorised((token, context) => publishEvent(token, context, token.account.customerOf)),
  )
  const product = authorised((token, context) =>
    withProduct(token, context, (id) => openStream(token, context, ({ productId }) => productId === id)),
  )
  app.get('/v1/products/:productIdOrSlug/events', product)
  app.get('/v1/products/:productIdOrSlug/events/:prefix', product)
  app.post(
    '/v1/products/:productIdOrSlug/events',
    authorised((token, context) => withProduct(token, context, (id) => publishEvent(token, context, id))),
  )
}

function ofAccount({ account }: AccessToken): (event: PublishedEvent) => boolean {
  return (event) => event.account === account
}

function openStream(
  token: AccessToken,
  { req, env }: Context<Env>,
  belongs: (event: PublishedEvent) => boolean,
): Response {
  const { world, call } = env
  const prefix = req.param('prefix') ?? ''
  const body = world.events.open({
    accepts: (event) => event.name.startsWith(prefix) && belongs(event),
    isTokenValid: () => world.tokens.access(token.token) === token && !world.tokens.isExpired(token),
    lastEventId: call.headers.get('last-event-id'),
    signal: call.signal,
  })
  return new Response(body, { headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' } })
}

function publishEvent(token: AccessToken, { env }: Context<Env>, productId: string | undefined): Response {
  const { world, call } = env
  const name = field(call, 'name')
  // A line break would end the line of the stream.
  if (!name || name.length > 64 || /[\r\n]/.test(name))
    return refused(400, 'name is required: 1 to 64 characters')
  const ttl = Number(call.form.get('ttl') ?? call.json.ttl ?? 60)
  if (!Number.isInteger(ttl) || ttl < 0) return refused(400, 'ttl must be a number of seconds')
  const data = field(call, 'data') ?? null
  world.events.publish({ name, data, ttl, publishedAt: call.at, account: token.account, productId })
  return reply({ ok: true })
}

/** Runs a handler for a product of the token's account. */
function withProduct(
  { account }: AccessToken,
  { req, env: { world } }: Context<Env>,
  handle: (productId: string) => Response,
): Response {
  const product = world.clients.product(req.param('productIdOrSlug') ?? '')
  if (!product) return refused(404, 'Product not found')
  return isOwner(world, account.username, product.id)
    ? handle(product.id)
    : refused(403, 'This product is not yours')
}

function isOwner({ clients }: World, username: string, productId: string): boolean {
  return clients.list().some(({ owner, product }) => product?.id === productId && owner === username)
}
