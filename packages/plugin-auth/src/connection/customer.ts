import { type CustomerSubject, customer } from '@particle-grants/core'

const prefix = 'customer:'

/** The customer whom a product client's sign-in is for; `undefined`: the product itself. */
export function parseCustomer(subject: string): CustomerSubject | undefined {
  return subject.startsWith(prefix) ? customer(subject.slice(prefix.length)) : undefined
}
