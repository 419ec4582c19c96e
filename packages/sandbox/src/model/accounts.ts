import type { AccountOptions } from './options.ts'
import type { Totp } from './totp.ts'
import { createTotp } from './totp.ts'

/** An account while the sandbox runs. `customerOf` tells a product's customer from a developer. */
export interface Account {
  readonly username: string
  readonly password: string | undefined
  readonly sso: boolean
  readonly customerOf: string | undefined
  mfa: { readonly totp: Totp; readonly recoveryCodes: Set<string> } | undefined
  /** An enrolment that was begun and not confirmed. */
  enrolment: { readonly mfaToken: string; readonly totp: Totp } | undefined
}

/** The accounts of a sandbox, found by exact name: what the service does with capitals is unknown. */
export class Accounts {
  readonly #all: Account[] = []

  constructor(options: readonly AccountOptions[]) {
    for (const account of options) this.add(account)
  }

  /** Adds an account. Throws when the name is taken, among developers or among one product's customers. */
  add(options: AccountOptions): Account {
    const { username, customerOf } = options
    if (this.#find(username, customerOf)) throw new TypeError(`There are two accounts called ${username}`)
    const account: Account = {
      username,
      password: options.password,
      sso: options.sso ?? false,
      customerOf,
      mfa: options.mfa && {
        totp: createTotp(options.mfa.secret),
        recoveryCodes: new Set(options.mfa.recoveryCodes ?? []),
      },
      enrolment: undefined,
    }
    this.#all.push(account)
    return account
  }

  /** A developer's account by its name. */
  developer(username: string): Account | undefined {
    return this.#find(username, undefined)
  }

  /** A customer of a product by its name. */
  customer(product: string, username: string): Account | undefined {
    return this.#find(username, product)
  }

  /** Any account with that name, a developer's first. */
  named(username: string): Account | undefined {
    return this.developer(username) ?? this.#all.find((account) => account.username === username)
  }

  list(): readonly Account[] {
    return this.#all
  }

  #find(username: string, customerOf: string | undefined): Account | undefined {
    return this.#all.find((account) => account.username === username && account.customerOf === customerOf)
  }
}
