import type { ClientKind } from './clients.ts'
import { invalidArgument } from './errors.ts'

/** A Particle account, by its username. */
export interface AccountSubject {
  readonly type: 'account'
  readonly name: string
}
/** A customer of a product, by email or by an id of your own. */
export interface CustomerSubject {
  readonly type: 'customer'
  readonly name: string
}
export type Subject = AccountSubject | CustomerSubject

/** The client's owner: the product itself, or the account of a user client. Applications never write it. */
export interface OwnerSubject {
  readonly type: 'owner'
}
/** Whose token it is. */
export type TokenSubject = Subject | OwnerSubject

export const owner: OwnerSubject = /* @__PURE__ */ Object.freeze({ type: 'owner' })

/** The account that signs in with this username. Emails are case-insensitive. */
export function account(username: string): AccountSubject {
  return Object.freeze({ type: 'account', name: normalizeName(username, 'username') })
}

/** A customer of the client's product: an email address or an id of your own, without spaces. */
export function customer(name: string): CustomerSubject {
  return Object.freeze({ type: 'customer', name: normalizeName(name, 'customer') })
}

/** The subject of a sign-in with username and password: product clients serve customers. */
export function toLoginSubject(kind: ClientKind, username: string): Subject {
  return kind === 'product' ? customer(username) : account(username)
}

/** Checks a name and puts an email in lower case, as Particle stores it. Throws `invalid_argument`. */
export function normalizeName(name: string, parameter: string): string {
  if (typeof name === 'string' && /^[!-~\u00a0-\uffff]+$/.test(name) && !/\s/.test(name)) return lowerCaseEmail(name)
  throw invalidArgument(parameter, 'must be a non-empty string without spaces and control characters')
}

const lowerCaseEmail = (name: string) => (name.includes('@') ? name.toLowerCase() : name)

export function isSameSubject(a: TokenSubject | undefined, b: TokenSubject | undefined): boolean {
  return (a && formatSubject(a)) === (b && formatSubject(b))
}

/** Formats a subject for keys and records: `owner`, `account:…` or `customer:…`. */
export function formatSubject(subject: TokenSubject): string {
  return subject.type === 'owner' ? 'owner' : `${subject.type}:${subject.name}`
}

/** Parses what {@link formatSubject} returns. Throws `invalid_argument` if this kind of client cannot have the subject. */
export function parseSubject(text: string, kind: ClientKind): TokenSubject {
  if (text === 'owner' && kind !== 'developer') return owner
  const [type, ...rest] = text.split(':')
  return assertSubject({ type, name: rest.join(':') }, kind)
}

/** Checks a subject option: an account for a developer or user client, a customer for a product client. */
export function assertSubject(given: unknown, kind: ClientKind): Subject {
  const { type, name } = (given ?? {}) as { readonly type?: unknown; readonly name: string }
  const expected = kind === 'product' ? 'customer' : 'account'
  if (type !== expected) throw invalidArgument('subject', `of a ${kind} client must be ${expected}('…')`)
  return toLoginSubject(kind, name)
}

const customerPrefix = 'customer='

/** Returns the scope that requests a token of this subject; `undefined` where none is needed. */
export function customerScope(subject: TokenSubject | undefined): string | undefined {
  return subject?.type === 'customer' ? customerPrefix + subject.name : undefined
}

/** Whether a scope names a customer. */
export function includesCustomer(scope: string): boolean {
  return scope.split(/\s+/).some((word) => word.startsWith(customerPrefix))
}

/**
 * Whether a response's scope may belong to the subject. Some responses have a scope and some do not; one that names
 * another customer, or lacks the customer that was requested, must not be used.
 */
export function isScopeForSubject(
  scope: string | undefined,
  subject: TokenSubject | undefined,
  requestedScope: string | undefined,
): boolean {
  if (!scope) return true
  const words = scope.split(/\s+/).map(lowerCaseEmail)
  const own = customerScope(subject)
  if (own !== undefined && requestedScope?.includes(own) && !words.includes(own)) return false
  return words.every((word) => word === own || !word.startsWith(customerPrefix))
}
