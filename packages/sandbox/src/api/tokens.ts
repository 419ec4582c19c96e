import type { App } from './routing.ts'
import { authorised, reply } from './routing.ts'

/** What a token is good for, and the three ways to revoke. */
export function addTokenRoutes(app: App): void {
  app.get(
    '/v1/access_tokens/current',
    authorised((token) =>
      reply({
        expires_at: token.expiresAt === null ? null : new Date(token.expiresAt).toISOString(),
        client: token.clientId,
        scopes: token.scope?.split(/\s+/).filter(Boolean) ?? [],
        orgs: [],
      }),
    ),
  )
  app.delete(
    '/v1/access_tokens/current',
    authorised(({ token }, { env: { world } }) => {
      world.tokens.revoke(token)
      return reply({ ok: true })
    }),
  )
  app.delete(
    '/v1/access_tokens',
    authorised(({ account }, { env: { world } }) => {
      world.tokens.revokeAll(account)
      return reply({ ok: true })
    }),
  )
  // Needs no authentication, as particle-api-js sends it; so the answer doesn't tell whether the token existed.
  app.delete('/v1/access_tokens/:token', (context) => {
    context.env.world.tokens.revoke(context.req.param('token'))
    return reply({ ok: true })
  })
}
