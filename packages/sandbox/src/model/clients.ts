import type { ClientOptions, ProductOptions } from './options.ts'

/** The OAuth clients of a sandbox, and the products behind them. */
export class Clients {
  readonly #byId = new Map<string, ClientOptions>()

  constructor(options: readonly ClientOptions[]) {
    for (const client of options) {
      if (this.#byId.has(client.id)) throw new TypeError(`There are two clients called ${client.id}`)
      this.#byId.set(client.id, client)
    }
  }

  get(id: string): ClientOptions | undefined {
    return this.#byId.get(id)
  }

  /** The product that a path names by its id or its slug. */
  product(idOrSlug: string): ProductOptions | undefined {
    return this.list()
      .map((client) => client.product)
      .find((product) => product && (product.id === idOrSlug || product.slug === idOrSlug))
  }

  list(): readonly ClientOptions[] {
    return [...this.#byId.values()]
  }
}
