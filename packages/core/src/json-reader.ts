import { GrantsError } from './errors.ts'
import { Secret } from './secret.ts'

/** Checks a parsed JSON value. Its error names the path and repeats nothing of the value. */
export type Reader<T> = (value: unknown, path: string) => T

/** Parses and checks JSON text. The parser's own message is dropped, because it quotes the text and its secrets. */
export function readJson<T>(text: string, reader: Reader<T>): T {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw invalidState('it is not JSON')
  }
  return reader(value, '')
}

/* @__NO_SIDE_EFFECTS__ */ function check<T>(isValid: (value: unknown) => boolean, problem: string): Reader<T> {
  return (value, path) => {
    if (!isValid(value)) throw invalidState(`${path} ${problem}`)
    return value as T
  }
}

export const string = check<string>((value) => typeof value === 'string' && value !== '', 'is not a string')
export const secret: Reader<Secret> = (value, path) => new Secret(string(value, path))
/** JSON has no infinity, but 1e999 is parsed as one, and would be written as null. */
export const number = check<number>((value) => Number.isFinite(value), 'is not a number')
/** An integer of 0 or more. */
export const count = check<number>((value) => Number.isSafeInteger(value) && Number(value) >= 0, 'is not a count')
export const boolean = check<boolean>((value) => typeof value === 'boolean', 'is not true or false')
const array = check<readonly unknown[]>((value) => Array.isArray(value), 'is not a list')

/* @__NO_SIDE_EFFECTS__ */ export function oneOf<const T>(...allowed: readonly T[]): Reader<T> {
  return check((value) => allowed.includes(value as T), `is none of ${allowed.join(', ')}`)
}

/* @__NO_SIDE_EFFECTS__ */ export function optional<T>(reader: Reader<T>): Reader<T | undefined> {
  return (value, path) => (value === undefined ? undefined : reader(value, path))
}

/* @__NO_SIDE_EFFECTS__ */ export function nullable<T>(reader: Reader<T>): Reader<T | null> {
  return (value, path) => (value === null ? null : reader(value, path))
}

/* @__NO_SIDE_EFFECTS__ */ export function list<T>(reader: Reader<T>): Reader<readonly T[]> {
  return (value, path) => array(value, path).map((item, index) => reader(item, `${path}[${index}]`))
}

type Shape = Readonly<Record<string, Reader<unknown>>>

/** Fields that the shape does not name are left out. */
/* @__NO_SIDE_EFFECTS__ */ export function object<S extends Shape>(
  shape: S,
): Reader<{ readonly [K in keyof S]: ReturnType<S[K]> }> {
  return (value, path) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw invalidState(path === '' ? 'it is not a JSON object' : `${path} is not an object`)
    }
    const prefix = path === '' ? '' : `${path}.`
    const fields = value as Readonly<Record<string, unknown>>
    const entries = Object.entries(shape).map(([name, reader]) => [name, reader(fields[name], prefix + name)])
    return Object.fromEntries(entries)
  }
}

export function invalidState(problem: string): GrantsError<'invalid_state'> {
  const message = `The saved state cannot be used: ${problem}. Sign in again.`
  return new GrantsError('invalid_state', message, { problem })
}
