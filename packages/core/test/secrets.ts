import { Secret } from '../src/secret.ts'

/** A copy in which each secret stands as `{ secret: value }`, so that comparing two compares what they hide. */
export function revealed(value: unknown): unknown {
  if (Secret.isInstance(value)) return { secret: revealed(value.reveal()) }
  if (Array.isArray(value)) return value.map(revealed)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, revealed(field)]))
}

/** Every string that is hidden in a value, and where: `{ 'tokens.accessToken': '…' }`. */
export function secretsIn(value: unknown, path = ''): Record<string, string> {
  if (Secret.isInstance(value)) return stringsIn(value.reveal(), path)
  if (typeof value !== 'object' || value === null) return {}
  return Object.assign({}, ...Object.entries(value).map(([name, field]) => secretsIn(field, at(path, name))))
}

/** Every string in a value, hidden or not. */
export function stringsIn(value: unknown, path = ''): Record<string, string> {
  if (typeof value === 'string') return { [path]: value }
  if (Secret.isInstance(value)) return stringsIn(value.reveal(), path)
  if (typeof value !== 'object' || value === null) return {}
  return Object.assign({}, ...Object.entries(value).map(([name, field]) => stringsIn(field, at(path, name))))
}

/** Freezes a value and all below it, so that whoever changes it throws. */
export function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  Object.freeze(value)
  for (const field of Object.values(value)) frozen(field)
  return value
}

const at = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`)
