import type { ClientKind } from '../grants/grant.ts'
import type { PageId } from './pages.ts'
import type { Fact } from './provenance.ts'

/** What explains a kind of OAuth client. Which grants it may use is in the running catalogue. */
export interface ClientReference {
  readonly title: string
  readonly summary: string
  /** An id and secret as they look in a request. */
  readonly example: string
  readonly facts: readonly Fact[]
  readonly pages: readonly PageId[]
}

/** The form of every client id. */
export const clientId: Fact = {
  text: 'A client id has 3 to 40 letters, digits, `-` or `_`.',
  from: ['server_source'],
}

/** The three kinds of client. A kind that is missing here does not compile. */
export const clientKinds: Readonly<Record<ClientKind, ClientReference>> = {
  developer: {
    title: 'Developer client',
    summary:
      'Shared by everyone, for signing in to your own account. Its secret is published and keeps nothing secret.',
    example: 'particle:particle',
    facts: [
      {
        text: "`particle:particle` is the one that the documentation shows. Particle's tools have their own: `particle-api:particle-api` (particle-api-js), `particle-cli:particle-cli` (particle-cli since 3.48) and, to the letter, `CLI2:client_secret_here` (particle-cli through 3.47).",
        from: ['reported', 'documented', 'clients'],
      },
      {
        text: 'Its tokens cannot be refreshed, although a `refresh_token` comes with them.',
        from: ['reported', 'documented'],
      },
      {
        text: 'It belongs to nobody, so `client_credentials` is refused with `invalid_grant`.',
        from: ['server_source'],
      },
      { text: 'Whether the service checks its secret is not known.', from: ['unknown'] },
    ],
    pages: ['access_tokens'],
  },
  product: {
    title: 'Product client',
    summary:
      'Made for one product, for its back end and its customers. Its secret is a real one: keep it on a server.',
    example: 'my-product-1234:<secret>',
    facts: [
      {
        text: 'It is made in the Console or with `POST /v1/products/:productIdOrSlug/clients`.',
        from: ['documented'],
      },
      {
        text: "`client_credentials` gives its owner's token, and with `scope=customer=…` a customer's. MFA is never asked.",
        from: ['documented', 'server_source'],
      },
      { text: 'With `password` its customers sign in, not Particle accounts.', from: ['documented'] },
      {
        text: 'Its tokens are the only ones documented to be refreshable.',
        from: ['reported', 'documented'],
      },
      {
        text: "Particle's page on authentication no longer recommends customer accounts for new products: it advises to keep all calls in a back end instead.",
        from: ['documented'],
      },
    ],
    pages: ['authentication', 'cloud_api_tutorial'],
  },
  user: {
    title: 'User client',
    summary:
      'Made for your own account. With it, scripts get a token of yours without a password and without MFA.',
    example: 'my-scripts-5678:<secret>',
    facts: [
      { text: 'It is made in the Console or with `POST /v1/clients`.', from: ['documented'] },
      {
        text: '`client_credentials` gives a token for your own account.',
        from: ['documented', 'server_source'],
      },
      {
        text: 'Whether its tokens can be refreshed is not known. Asking again with `client_credentials` works without that.',
        from: ['unknown'],
      },
    ],
    pages: ['authentication'],
  },
}
