import type { CallOptions } from '@particle-grants/core'
import type { JsonObject } from '@particle-grants/core/protocol'
import { type ApiCall, type ApiSession, callApi } from './call-api.ts'
import { type ProductOwner, pathSegment, productPath } from './paths.ts'

/** A customer of a product. */
export interface Customer {
  /** An email address or an id of your own: the name that `customer()` of core takes. */
  readonly name: string
}

const administrator = "the product's own token, an administrator's, or an API user's with the scope"

/**
 * Lists the customers of a product, by pages of 100: the next page is requested when you have read the one before.
 *
 * @throws GrantsError `invalid_argument`, `api_error`, …
 */
export async function* listCustomers(
  session: ApiSession,
  options: ProductOwner & CallOptions,
): AsyncGenerator<Customer, void, undefined> {
  const allowedToken = `${administrator} customers:list`
  for (let page = 1; ; page += 1) {
    const path = `${productPath(options)}/customers?page=${page}&perPage=100`
    const call: ApiCall = { method: 'GET', path, allowedToken, signal: options.signal }
    const { customers, meta } = await callApi(session, call, ({ customers, meta }) => {
      return Array.isArray(customers) ? { customers, meta } : undefined
    })
    for (const customer of customers) {
      const name = readName(customer)
      if (name !== undefined) yield { name }
    }
    const { total_pages: pages } = (meta ?? {}) as JsonObject
    // A page without customers is the last one, whatever the count says.
    if (customers.length === 0 || typeof pages !== 'number' || page >= pages) return
  }
}

/** Deletes a customer of a product. The customer's tokens end. A session pool's `remove()` drops what it has of the customer. */
export async function deleteCustomer(
  session: ApiSession,
  options: ProductOwner & CallOptions & { readonly customer: string },
): Promise<void> {
  const path = `${productPath(options)}/customers/${pathSegment('customer', options.customer)}`
  const allowedToken = `${administrator} customers:remove`
  await callApi(session, { method: 'DELETE', path, allowedToken, signal: options.signal })
}

/** The form of a listed customer is not documented where it can be read. */
function readName(value: unknown): string | undefined {
  const { username, email, id } = (value ?? {}) as JsonObject
  return [username, email, id, value].find((one): one is string => typeof one === 'string')
}
