import { invalidArgument } from './errors/invalid-argument.ts'
import type { ClientKind } from './grants/grant.ts'

/** Whose token it is: the client's owner, a customer of its product, or an account that signed in by name. */
export type Subject = 'owner' | CustomerSubject | AccountSubject
/** A customer of a product, by email or by an id of one's own. */
export type CustomerSubject = `customer:${string}`
/** A Particle account, by its username. */
export type AccountSubject = `account:${string}`

/** The subject for a customer's name. An email is put in lower case, as Particle stores it. */
export function customer(name: string): CustomerSubject {
  return `customer:${canonicalName(name, 'customer')}`
}

/** The subject for an account's username. An email is put in lower case. */
export function account(username: string): AccountSubject {
  return `account:${canonicalName(username, 'username')}`
}

/** The subject that a password sign-in with this kind of client is for: product clients serve customers. */
export function subjectOfLogin(kind: ClientKind, username: string): Subject {
  return kind === 'product' ? customer(username) : account(username)
}

/** What a word of a scope begins with that names a customer. */
const customerScope = 'customer='

/** The scope that asks for a token of this subject; `undefined` where none is needed. */
export function scopeOf(subject: Subject | undefined): string | undefined {
  return subject?.startsWith('customer:') ? customerScope + subject.slice('customer:'.length) : undefined
}

/** Whether one of a scope's words names a customer. */
export function namesCustomer(scope: string): boolean {
  return wordsOf(scope).some((word) => word.startsWith(customerScope))
}

function wordsOf(scope: string): string[] {
  return scope.split(/\s+/)
}

/**
 * Whether an answer's scope may belong to the subject. Some answers carry a scope and some don't;
 * one that names another customer, or drops the one that was asked for, must not be used.
 */
export function scopeFits(
  scope: string | undefined,
  subject: Subject | undefined,
  asked: string | undefined,
): boolean {
  if (scope === undefined || scope === '') return true
  const words = wordsOf(scope).map(canonical)
  const own = scopeOf(subject)
  const dropped = asked !== undefined && own !== undefined && asked.includes(own) && !words.includes(own)
  return !dropped && words.every((word) => !word.startsWith(customerScope) || word === own)
}

function canonicalName(name: string, parameter: string): string {
  if (typeof name !== 'string' || name === '' || /[\s\p{Cc}]/u.test(name)) {
    throw invalidArgument(parameter, 'must be a non-empty string without blanks and control characters')
  }
  return canonical(name)
}

function canonical(name: string): string {
  return name.includes('@') ? name.toLowerCase() : name
}

/** Checks a subject that came from outside. Throws `invalid_argument` when this kind of client can't have it. */
export function readSubject(given: string, kind: ClientKind): Subject {
  // Callers without types may pass anything.
  const [type, ...rest] = String(given).split(':')
  const name = rest.join(':')
  if (type === 'owner' && rest.length === 0 && kind !== 'developer') return 'owner'
  if (type === 'customer' && kind === 'product') return customer(name)
  if (type === 'account' && kind !== 'product') return account(name)
  const allowed = {
    developer: "account('…')",
    product: "'owner' or customer('…')",
    user: "'owner' or account('…')",
  }
  throw invalidArgument('subject', `of a ${kind} client must be ${allowed[kind]}`)
}
