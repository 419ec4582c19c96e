/** What a member may be; `typeof` names them. */
export type MemberType = 'string' | 'number' | 'boolean' | 'object'

/** The members that something may have, each with its types. */
export type Members = Readonly<Record<string, readonly MemberType[]>>

/** Checks the members of what came from a program or over HTTP. Throws a TypeError that names the member. */
export function checkMembers(what: string, given: object, members: Members): void {
  for (const [name, value] of Object.entries(given)) {
    const types = Object.hasOwn(members, name) ? members[name] : undefined
    if (!types) throw new TypeError(`${what} has no "${name}". Known: ${Object.keys(members).join(', ')}`)
    if (value !== undefined && !isOneOf(types, value)) {
      throw new TypeError(`${what}'s "${name}" is ${types.map(described).join(' or ')}`)
    }
  }
}

/** The fields of a form, all of them texts, as the members that they stand for: `true`, `500`. Objects need JSON. */
export function fromForm(form: ReadonlyMap<string, string>, members: Members): Record<string, unknown> {
  return Object.fromEntries([...form].map(([name, text]) => [name, asMember(text, members[name] ?? [])]))
}

function isOneOf(types: readonly string[], value: unknown): boolean {
  return value !== null && types.includes(typeof value)
}

function asMember(text: string, types: readonly MemberType[]): string | number | boolean {
  if (types.includes('boolean') && /^(true|false)$/.test(text)) return text === 'true'
  if (types.includes('number') && /^-?\d+(\.\d+)?$/.test(text)) return Number(text)
  return text
}

function described(type: MemberType): string {
  if (type === 'boolean') return 'true or false'
  return type === 'object' ? 'an object' : `a ${type}`
}
