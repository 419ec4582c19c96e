import { invalidArgument } from './errors.ts'

/** The names of all options of an interface. A table that lacks one of them, or has another one, does not compile. */
export type OptionNames<T> = Readonly<Record<Extract<keyof T, string>, true>>

/**
 * Throws `invalid_argument` for a name that is not an option, whatever its value. Without this, the default would be used
 * silently instead of a misspelt option.
 */
export function assertKnownOptions<T extends object>(options: T | undefined, known: OptionNames<T>): void {
  for (const name in options) {
    if (Object.hasOwn(known, name)) continue
    throw invalidArgument(name, `is not an option here. Known: ${Object.keys(known).join(', ')}`)
  }
}
