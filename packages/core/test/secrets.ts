import { Secret } from '../src/secret.ts'

/** Returns a copy with `{ secret: value }` in place of each secret, so that two values can be compared. */
export function revealSecrets(value: unknown): unknown {
  if (Secret.isInstance(value)) return { secret: revealSecrets(value.reveal()) }
  if (Array.isArray(value)) return value.map(revealSecrets)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, revealSecrets(field)]))
}

/** Returns every string inside a secret, by its path: `{ 'tokens.accessToken': '…' }`. */
export function findSecrets(value: unknown, path = ''): Record<string, string> {
  if (Secret.isInstance(value)) return findStrings(value.reveal(), path)
  if (typeof value !== 'object' || value === null) return {}
  return Object.assign({}, ...Object.entries(value).map(([name, field]) => findSecrets(field, join(path, name))))
}

/** Returns every string, secret or not, by its path. */
export function findStrings(value: unknown, path = ''): Record<string, string> {
  if (typeof value === 'string') return { [path]: value }
  if (Secret.isInstance(value)) return findStrings(value.reveal(), path)
  if (typeof value !== 'object' || value === null) return {}
  return Object.assign({}, ...Object.entries(value).map(([name, field]) => findStrings(field, join(path, name))))
}

const join = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`)
