import type { ClientKind } from '@particle-grants/core/protocol'
import type { PageId } from './pages.ts'
import type { Fact } from './sources.ts'

/** Explains a kind of OAuth client. Core's catalogue says which grants it may use. */
export interface ClientReference {
  readonly title: string
  readonly summary: string
  /** An id and secret as in a request. */
  readonly example: string
  readonly facts: readonly Fact[]
  readonly pages: readonly PageId[]
}

/** The format of every client id. */
export const clientIdFormat: Fact = {
  text: 'A client id has 3 to 40 letters, digits, `-` or `_`.',
  from: ['server_source'],
}

/** The kinds of client that this project supports. A missing kind does not compile. */
export const clientReferences: Readonly<Record<ClientKind, ClientReference>> = {
  developer: {
    title: 'Developer client',
    summary: 'Everyone shares it, to sign in to their own account. Its secret is published, so it protects nothing.',
    example: 'particle:particle',
    facts: [
      {
        text: "The documentation shows `particle:particle`. Particle's tools have their own: `particle-api:particle-api` (particle-api-js), `particle-cli:particle-cli` (particle-cli since 3.48) and literally `CLI2:client_secret_here` (particle-cli up to 3.47).",
        from: ['reported', 'documented', 'clients'],
      },
      {
        text: 'Its tokens cannot be refreshed, although the response includes a `refresh_token`.',
        from: ['reported', 'documented'],
      },
      {
        text: 'It cannot use `client_credentials`: the server library refuses a client without an owner with `invalid_grant`, and a client that may not use the grant with `invalid_client`.',
        from: ['server_source'],
      },
      { text: 'Which of the two the live service returns is not known.', from: ['unknown'] },
      { text: 'Whether the service checks its secret is not known.', from: ['unknown'] },
    ],
    pages: ['access_tokens'],
  },
  product: {
    title: 'Product client',
    summary: 'You create it for one product, for its back end and its customers. Its secret must stay on a server.',
    example: 'my-product-1234:<secret>',
    facts: [
      { text: 'Create it in the Console or with `POST /v1/products/:productIdOrSlug/clients`.', from: ['documented'] },
      {
        text: '`client_credentials` returns a token for the product, and with `scope=customer=…` for one of its customers. MFA is never required.',
        from: ['documented', 'server_source'],
      },
      { text: "With `password` the product's customers sign in, not Particle accounts.", from: ['documented'] },
      { text: 'Only its tokens are documented to be refreshable.', from: ['reported', 'documented'] },
      {
        text: 'Particle no longer recommends customer accounts for new products: it recommends that your back end makes all API calls.',
        from: ['documented'],
      },
    ],
    pages: ['authentication', 'cloud_api_tutorial'],
  },
  user: {
    title: 'User client',
    summary:
      'You create it for your own account. Scripts get a token for your account without a password and without MFA.',
    example: 'my-scripts-5678:<secret>',
    facts: [
      { text: 'Create it in the Console or with `POST /v1/clients`.', from: ['documented'] },
      { text: '`client_credentials` returns a token for your own account.', from: ['documented', 'server_source'] },
      {
        text: 'Whether its tokens can be refreshed is not known. You do not need it: `client_credentials` returns a new token.',
        from: ['unknown'],
      },
    ],
    pages: ['authentication'],
  },
}

/** A kind of client that gets no tokens for a program, so that this project has no use for it. */
export const simpleAuthClient: ClientReference = {
  title: 'Simple Auth client',
  summary: "A product's client whose scope allows only creating customers.",
  example: 'my-app-1234:<secret>',
  facts: [
    { text: 'An app can create customers with it, without a client that has more rights.', from: ['inferred'] },
    {
      text: 'For everything else the documentation recommends that your back end makes the API calls.',
      from: ['documented'],
    },
  ],
  pages: ['authentication'],
}
