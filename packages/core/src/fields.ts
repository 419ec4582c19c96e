import { GrantsError } from './errors/grants-error.ts'
import { Secret } from './secret.ts'

/** Reads fields of parsed JSON by type. Each complaint names the field and repeats nothing of its value. */
export class Fields {
  readonly #values: Readonly<Record<string, unknown>>
  readonly #path: string

  constructor(value: unknown, path: string) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw invalid(path === '' ? 'it is no JSON object' : `${path} is no object`)
    }
    this.#values = value as Readonly<Record<string, unknown>>
    this.#path = path
  }

  /** Reads JSON text. The parser's own message is dropped: it quotes the text, and with it the secrets. */
  static parse(text: string): Fields {
    try {
      return new Fields(JSON.parse(text), '')
    } catch (thrown) {
      throw GrantsError.isInstance(thrown) ? thrown : invalid('it is not JSON')
    }
  }

  /** Checks the form's version. Another one is told from damage. */
  version(expected: number): void {
    const version = this.number('version')
    if (version !== expected) {
      throw invalid(`its version is ${version}, and this release reads version ${expected}`)
    }
  }

  object(name: string): Fields {
    return new Fields(this.#values[name], this.#at(name))
  }

  optionalObject<T>(name: string, read: (fields: Fields) => T): T | undefined {
    return this.#values[name] === undefined ? undefined : read(this.object(name))
  }

  string(name: string): string {
    const value = this.#values[name]
    if (typeof value === 'string' && value !== '') return value
    throw invalid(`${this.#at(name)} is no string`)
  }

  optionalString(name: string): string | undefined {
    return this.#values[name] === undefined ? undefined : this.string(name)
  }

  secret(name: string): Secret {
    return new Secret(this.string(name))
  }

  optionalSecret(name: string): Secret | undefined {
    return this.#values[name] === undefined ? undefined : this.secret(name)
  }

  number(name: string): number {
    const value = this.#values[name]
    // JSON has no infinity, but 1e999 is read as one, and would be written as null.
    if (Number.isFinite(value)) return value as number
    throw invalid(`${this.#at(name)} is no number`)
  }

  /** An integer from 0 on. */
  count(name: string): number {
    const value = this.number(name)
    if (Number.isSafeInteger(value) && value >= 0) return value
    throw invalid(`${this.#at(name)} is no count`)
  }

  optionalNumber(name: string): number | undefined {
    return this.#values[name] === undefined ? undefined : this.number(name)
  }

  numberOrNull(name: string): number | null {
    return this.#values[name] === null ? null : this.number(name)
  }

  boolean(name: string): boolean {
    const value = this.#values[name]
    if (typeof value === 'boolean') return value
    throw invalid(`${this.#at(name)} is neither true nor false`)
  }

  oneOf<T extends string>(name: string, allowed: readonly T[]): T {
    const value = this.#values[name]
    const found = allowed.find((one) => one === value)
    if (found === undefined) throw invalid(`${this.#at(name)} is none of ${allowed.join(', ')}`)
    return found
  }

  /** The objects of an array, each read by the given function. */
  list<T>(name: string, read: (fields: Fields) => T): readonly T[] {
    return this.#array(name).map((value, index) => read(new Fields(value, `${this.#at(name)}[${index}]`)))
  }

  /** The values of an array, each of the type that the given function knows. */
  values<T>(name: string, isRight: (value: unknown) => value is T): readonly T[] {
    const values = this.#array(name)
    if (values.every(isRight)) return values
    throw invalid(`${this.#at(name)} holds a value of the wrong type`)
  }

  /** Runs a check that throws for itself, and says of a failure only where it was. */
  checked<T>(name: string, check: () => T): T {
    try {
      return check()
    } catch {
      throw invalid(`${this.#at(name)} is malformed`)
    }
  }

  #array(name: string): readonly unknown[] {
    const value = this.#values[name]
    if (Array.isArray(value)) return value
    throw invalid(`${this.#at(name)} is no list`)
  }

  #at(name: string): string {
    return this.#path === '' ? name : `${this.#path}.${name}`
  }
}

function invalid(problem: string): GrantsError {
  return new GrantsError('invalid_state', { problem })
}
