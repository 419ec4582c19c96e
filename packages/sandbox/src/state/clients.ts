import { checkMembers, object, oneOf, type Rules, string, strings } from '../rules.ts'

/** The kinds of OAuth client: shared by all developers, of a product, of one user. */
export type ClientKind = 'developer' | 'product' | 'user'

/** An OAuth client of the sandbox. */
export interface ClientOptions {
  /** 3 to 40 letters, digits, `-` or `_`. Any other id is rejected before it is looked up. */
  id: string
  secret: string
  kind: ClientKind
  /** The account that `client_credentials` returns a token of. A developer client has none. */
  owner?: string
  /** The product of a product client. Several clients can have the same one. */
  product?: ProductOptions
  /** Grant types that this client may not use. */
  disallowedGrants?: readonly string[]
  /** Its name in lists. @default its id */
  name?: string
  /** @default installed */
  type?: 'installed' | 'web'
}

/** A product. API paths name it by its id or its slug. */
export interface ProductOptions {
  id: string
  slug: string
  /** The slug of the organization that the product belongs to. API users can belong to either. */
  organization?: string
}

const clientRules: Rules<ClientOptions> = {
  id: string,
  secret: string,
  name: string,
  type: oneOf('installed', 'web'),
  kind: oneOf('developer', 'product', 'user'),
  owner: string,
  product: object,
  disallowedGrants: strings,
}
const productRules: Rules<ProductOptions> = { id: string, slug: string, organization: string }

const product = { id: '1234', slug: 'my-product', organization: 'my-company' }
const owner = 'owner@example.com'

/**
 * The clients of a new sandbox: the developer clients of Particle's own tools, two clients of product 1234 (one may not
 * use `password`), and a user client of dev@example.com.
 */
export const defaultClients: readonly ClientOptions[] = [
  { id: 'particle', secret: 'particle', kind: 'developer' },
  { id: 'particle-api', secret: 'particle-api', kind: 'developer' },
  { id: 'particle-cli', secret: 'particle-cli', kind: 'developer' },
  { id: 'CLI2', secret: 'client_secret_here', kind: 'developer' },
  { id: 'my-product-1234', secret: 'product-secret', kind: 'product', owner, product },
  {
    id: 'no-password-client',
    secret: 's3cret-s3cret',
    kind: 'product',
    owner,
    product,
    disallowedGrants: ['password'],
  },
  { id: 'my-scripts-5678', secret: 'user-client-secret', kind: 'user', owner: 'dev@example.com' },
]

/** The OAuth clients of a sandbox, and their products. */
export class Clients {
  readonly #byId = new Map<string, ClientOptions>()

  constructor(options: readonly ClientOptions[]) {
    for (const client of options) this.add(client)
  }

  add(client: ClientOptions): void {
    checkMembers('A client', client, clientRules)
    if (client.product) checkMembers("A client's product", client.product, productRules)
    if (this.#byId.has(client.id)) throw new TypeError(`There are two clients called ${client.id}`)
    this.#byId.set(client.id, client)
  }

  remove({ id }: ClientOptions): void {
    this.#byId.delete(id)
  }

  get(id: string): ClientOptions | undefined {
    return this.#byId.get(id)
  }

  /** Finds a product by the id or the slug in a path. */
  findProduct(idOrSlug: string): ProductOptions | undefined {
    return this.listProducts().find(({ id, slug }) => id === idOrSlug || slug === idOrSlug)
  }

  listProducts(): readonly ProductOptions[] {
    return this.list().flatMap(({ product: own }) => own ?? [])
  }

  list(): readonly ClientOptions[] {
    return [...this.#byId.values()]
  }
}
