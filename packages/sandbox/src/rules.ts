/** Whether a value is valid, and what a valid one is, for the message. */
export type Rule = readonly [isValid: (value: unknown) => boolean, description: string]

/** The rule of each member of an object. All members are optional. */
export type Rules<T> = { readonly [name in keyof T]-?: Rule }

/** Checks an object from a program or from HTTP. Throws a TypeError that names the wrong member. */
export function checkMembers(what: string, given: object, rules: Readonly<Record<string, Rule>>): void {
  for (const [name, value] of Object.entries(given)) {
    const rule = Object.hasOwn(rules, name) ? rules[name] : undefined
    if (!rule) throw new TypeError(`${what} has no "${name}". Known: ${Object.keys(rules).join(', ')}`)
    const [isValid, description] = rule
    if (value !== undefined && !isValid(value)) {
      throw new TypeError(`${what}'s "${name}" is ${description}, not ${JSON.stringify(value)}`)
    }
  }
}

export const boolean: Rule = [(value) => typeof value === 'boolean', 'true or false']

export const string: Rule = [(value) => typeof value === 'string', 'a string']

export const strings: Rule = [
  (value) => Array.isArray(value) && value.every((item) => typeof item === 'string'),
  'a list of strings',
]

export const object: Rule = [(value) => typeof value === 'object' && value !== null, 'an object']

export const stringOrNumber: Rule = [
  (value) => typeof value === 'string' || typeof value === 'number',
  'a string or a number',
]

export function oneOf(...known: readonly unknown[]): Rule {
  return [(value) => known.includes(value), known.map((value) => JSON.stringify(value)).join(' or ')]
}

export function listOf(known: readonly string[]): Rule {
  return [
    (value) => Array.isArray(value) && value.every((item) => known.includes(item)),
    `a list of these: ${known.join(', ')}`,
  ]
}

/** An integer from `min` to `max`, both included. */
export function integer(min: number, max = Number.MAX_SAFE_INTEGER): Rule {
  return [
    (value) => Number.isInteger(value) && Number(value) >= min && Number(value) <= max,
    max === Number.MAX_SAFE_INTEGER ? `an integer of at least ${min}` : `an integer from ${min} to ${max}`,
  ]
}
