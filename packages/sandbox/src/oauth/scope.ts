import type { Account } from '../model/accounts.ts'
import type { ClientOptions } from '../model/options.ts'
import type { World } from '../model/world.ts'
import { OAuthError } from './errors.ts'

/**
 * The account that a scope leads to. `customer=NAME` leads a product's client to its customer; `devices:list`
 * and the like leave the account as it is. Anything else, an unknown customer too, is refused: how the service
 * refuses an unknown customer is not known.
 */
export function accountForScope(options: {
  world: World
  scope: string | undefined
  client: ClientOptions
  account: Account
}): Account {
  const { world, scope, client } = options
  let { account } = options
  for (const word of scope?.split(/\s+/).filter(Boolean) ?? []) {
    const customer = /^customer=(.+)$/.exec(word)?.[1]
    if (customer !== undefined) {
      account = customerOf({ world, client, account, name: customer })
    } else if (!/^[\w.*-]+:[\w.*-]+$/.test(word)) {
      throw invalidScope()
    }
  }
  return account
}

function customerOf(options: {
  world: World
  client: ClientOptions
  account: Account
  name: string
}): Account {
  const { world, client, account, name } = options
  const customer = client.product && world.accounts.customer(client.product.id, name)
  // A customer who signed in with a password may name nobody else.
  if (!customer || (account.customerOf !== undefined && account !== customer)) throw invalidScope()
  return customer
}

function invalidScope(): OAuthError {
  return new OAuthError('invalid_scope', 'Invalid scope')
}
