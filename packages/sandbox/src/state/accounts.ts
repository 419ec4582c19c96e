import { boolean, checkMembers, object, type Rules, string, stringOrNumber, strings } from '../rules.ts'
import { Totp } from './totp.ts'

/** An account of the sandbox: a developer's, or a customer's of one product. */
export interface AccountOptions {
  /** An email address in any case. A customer can also have an id of your own, without spaces. */
  username: string
  /** Without it the account has no password: a customer created with `no_password`, or an SSO account. */
  password?: string
  /** Requires a second factor. The secret is in base32. */
  mfa?: { secret: string; recoveryCodes?: readonly string[] }
  /** The account signs in through its company: the password grant responds with `sso_user`. */
  sso?: boolean
  /** The id of the customer's product. */
  customerOf?: string | number
}

const accountRules: Rules<AccountOptions> = {
  username: string,
  password: string,
  mfa: object,
  sso: boolean,
  customerOf: stringOrNumber,
}
const mfaRules: Rules<NonNullable<AccountOptions['mfa']>> = { secret: string, recoveryCodes: strings }

/** The accounts of a new sandbox. Public test data. */
export const defaultAccounts: readonly AccountOptions[] = [
  { username: 'dev@example.com', password: 'correct horse' },
  {
    username: 'mfa@example.com',
    password: 'battery staple',
    mfa: {
      secret: 'JBSWY3DPEHPK3PXP',
      recoveryCodes: ['a1b2-c3d4-e5f6', 'b2c3-d4e5-f6a7', 'c3d4-e5f6-a7b8', 'd4e5-f6a7-b8c9'],
    },
  },
  { username: 'sso@example.com', sso: true },
  { username: 'owner@example.com', password: 'owner of products' },
  { username: 'jane@example.com', password: 'janes own password', customerOf: '1234' },
]

/** The product or the organization that an API user belongs to. */
export interface Team {
  readonly type: 'product' | 'organization'
  readonly id: string
}

/** What an API user has beside its account. It has one token. */
export interface ApiUser {
  readonly team: Team
  readonly friendlyName: string
  readonly scopes: readonly string[]
}

/** An account while the sandbox runs. Only a customer has `customerOf`, only an API user `apiUser`. */
export interface Account {
  readonly username: string
  readonly password: string | undefined
  readonly sso: boolean
  readonly customerOf: string | undefined
  mfa: { readonly totp: Totp; readonly recoveryCodes: Set<string> } | undefined
  /** An enrolment that is not confirmed yet. */
  enrolment: { readonly mfaToken: string; readonly totp: Totp } | undefined
  apiUser: ApiUser | undefined
}

/** Whether two usernames name the same account. Case does not matter. */
export function isSameUsername(a: string, b: string): boolean {
  return a === b || a.toLowerCase() === b.toLowerCase()
}

/** The accounts of a sandbox. */
export class Accounts {
  #all: Account[] = []

  constructor(options: readonly AccountOptions[]) {
    for (const account of options) this.add(account)
  }

  /** Adds an account. Throws if a member is wrong, or if a developer, or a customer of the same product, has this username. */
  add(options: AccountOptions): Account {
    checkMembers('An account', options, accountRules)
    if (options.mfa) checkMembers("An account's mfa", options.mfa, mfaRules)
    const { username } = options
    if (username === undefined) throw new TypeError('An account has no username')
    const customerOf = options.customerOf === undefined ? undefined : String(options.customerOf)
    if (this.#find(username, customerOf)) throw new TypeError(`There are two accounts called ${username}`)
    const account: Account = {
      username,
      password: options.password,
      sso: options.sso ?? false,
      customerOf,
      mfa: options.mfa && {
        totp: new Totp(options.mfa.secret),
        recoveryCodes: new Set(options.mfa.recoveryCodes ?? []),
      },
      enrolment: undefined,
      apiUser: undefined,
    }
    this.#all.push(account)
    return account
  }

  remove(account: Account): void {
    this.#all = this.#all.filter((other) => other !== account)
  }

  findDeveloper(username: string): Account | undefined {
    return this.#find(username, undefined)
  }

  findCustomer(productId: string, username: string): Account | undefined {
    return this.#find(username, productId)
  }

  /** Finds any account with this username, a developer's first. */
  find(username: string): Account | undefined {
    return this.findDeveloper(username) ?? this.#all.find((account) => isSameUsername(account.username, username))
  }

  list(): readonly Account[] {
    return this.#all
  }

  #find(username: string, customerOf: string | undefined): Account | undefined {
    return this.#all.find((account) => account.customerOf === customerOf && isSameUsername(account.username, username))
  }
}

/** An account as the page, the terminal and `/__sandbox/` show it, with everything that a sign-in needs. */
export type AccountView = Readonly<ReturnType<typeof viewAccount>>

export function viewAccount({ username, password, sso, customerOf, mfa, apiUser }: Account, now: number) {
  const shownMfa = mfa && {
    secret: mfa.totp.secret,
    code: mfa.totp.code(now),
    recoveryCodes: [...mfa.recoveryCodes],
  }
  return { username, password, sso, customerOf, mfa: shownMfa, apiUser }
}
