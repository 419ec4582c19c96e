import { getField } from '../http/request.ts'
import { ApiError, type HttpResponse, json } from '../http/response.ts'
import type { Context } from '../http/router.ts'
import { scopedRoute, tokenRoute } from '../oauth/bearer.ts'
import type { PublishedEvent } from '../state/event-streams.ts'
import type { AccessToken } from '../state/tokens.ts'
import { getManagedProduct } from './products.ts'

const ofProduct = '/v1/products/:product/events'

/** Streams of an account's or a product's events, and publishing an event. API users have the product's only. */
export const eventRoutes = [
  tokenRoute('GET', '/v1/devices/events', streamAccount),
  tokenRoute('GET', '/v1/devices/events/:prefix', streamAccount),
  tokenRoute('POST', '/v1/devices/events', (token, context) => publish(token, context, token.account.customerOf)),
  scopedRoute(['GET', ofProduct], 'events:get', streamProduct),
  scopedRoute(['GET', `${ofProduct}/:prefix`], 'events:get', streamProduct),
  scopedRoute(['POST', ofProduct], 'events:send', (token, context) =>
    publish(token, context, getManagedProduct(token, context).id),
  ),
]

function streamAccount(token: AccessToken, context: Context): HttpResponse {
  return openStream(token, context, ({ account }) => account === token.account)
}

function streamProduct(token: AccessToken, context: Context): HttpResponse {
  const { id } = getManagedProduct(token, context)
  return openStream(token, context, ({ productId }) => productId === id)
}

function openStream(
  token: AccessToken,
  { state, request, params }: Context,
  isIncluded: (event: PublishedEvent) => boolean,
): HttpResponse {
  const { prefix = '' } = params
  const body = state.events.open({
    accepts: (event) => event.name.startsWith(prefix) && isIncluded(event),
    isTokenValid: () => state.tokens.isValid(token),
    lastEventId: request.headers['last-event-id'],
    signal: request.getSignal?.(),
  })
  return { status: 200, headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' }, body }
}

function publish({ account }: AccessToken, { state, request }: Context, productId: string | undefined): HttpResponse {
  const name = getField(request, 'name')
  // A line break would end the line of the stream.
  if (!name || name.length > 64 || /[\r\n]/.test(name)) {
    throw new ApiError(400, 'name is required: 1 to 64 characters')
  }
  const ttl = Number(request.form.get('ttl') ?? request.json.ttl ?? 60)
  if (!Number.isInteger(ttl) || ttl < 0) throw new ApiError(400, 'ttl must be a number of seconds')
  const data = getField(request, 'data') ?? null
  state.events.publish({ name, data, ttl, publishedAt: request.at, account, productId })
  return json({ ok: true })
}
