import { describe, expectTypeOf, it } from 'vitest'
import {
  type Client,
  type DeveloperClient,
  developerClient,
  type ProductClient,
  productClient,
  type UserClient,
  userClient,
} from '../clients.ts'
import type { MfaRequired, SignedIn } from '../machine/state.ts'
import { customer } from '../subject.ts'
import { createSession } from './create-session.ts'
import type { DeveloperSession, ProductSession, SessionFor, UserSession } from './session.ts'

const credentials = { id: 'my-product-1234', secret: 's' }
const developer = createSession({ client: developerClient() })
const product = createSession({ client: productClient(credentials) })
const user = createSession({ client: userClient(credentials) })
declare const either: Client
declare const maybeProduct: ProductClient | DeveloperClient

describe('what a session can do follows from its client', () => {
  it('a developer has no way to ask for a renewal or for client credentials', () => {
    expectTypeOf(developer).toEqualTypeOf<DeveloperSession>()
    // @ts-expect-error -- nothing renews a developer's token
    developer.renew
    // @ts-expect-error -- a developer client has no owner
    developer.authorize
  })

  it('product and user clients have both', () => {
    expectTypeOf(product).toEqualTypeOf<ProductSession>()
    expectTypeOf(user).toEqualTypeOf<UserSession>()
    expectTypeOf(product.renew).returns.resolves.toEqualTypeOf<SignedIn>()
    expectTypeOf(user.authorize).returns.resolves.toEqualTypeOf<SignedIn>()
  })

  it('a client whose kind is known at run time only gives what all kinds have, until it is told apart', () => {
    const session = createSession({ client: either })
    expectTypeOf(session).toEqualTypeOf<DeveloperSession | ProductSession | UserSession>()
    expectTypeOf(session.login).returns.resolves.toEqualTypeOf<SignedIn | MfaRequired>()
    // @ts-expect-error -- it may be a developer's
    session.renew
    if (session.kind === 'product') expectTypeOf(session.renew).toBeFunction()
    if (session.kind !== 'developer') expectTypeOf(session.authorize).toBeFunction()
    if (session.kind === 'developer') {
      // @ts-expect-error -- it is a developer's
      session.renew
    }
  })

  it('the same holds for a client that is one of two kinds', () => {
    expectTypeOf<SessionFor<typeof maybeProduct>>().toEqualTypeOf<DeveloperSession | ProductSession>()
    // @ts-expect-error -- it may be a developer's
    createSession({ client: maybeProduct }).renew
  })

  it('is never any', () => {
    expectTypeOf<SessionFor<Client>>().not.toBeAny()
    expectTypeOf<SessionFor<UserClient>>().not.toBeAny()
    expectTypeOf<SessionFor<never>>().toBeNever()
  })
})

describe('whose a session is follows from its client', () => {
  it('a product has an owner and customers, and no accounts', () => {
    createSession({ client: productClient(credentials), subject: 'owner' })
    createSession({ client: productClient(credentials), subject: customer('jane@example.com') })
    // @ts-expect-error -- an account signs in with a developer or user client
    createSession({ client: productClient(credentials), subject: 'account:dev@example.com' })
  })

  it('a developer client has accounts only', () => {
    createSession({ client: developerClient(), subject: 'account:dev@example.com' })
    // @ts-expect-error -- it has no owner
    createSession({ client: developerClient(), subject: 'owner' })
    // @ts-expect-error -- it has no customers
    createSession({ client: developerClient(), subject: customer('jane@example.com') })
  })

  it('a client made by hand is none', () => {
    // @ts-expect-error -- its secret is bare
    createSession({ client: { kind: 'product', id: 'x', secret: 'y' } })
    // @ts-expect-error -- only the published developer clients are known
    developerClient('my-product-1234')
  })
})
