import { formType, type ParsedRequest, parseForm, parseJsonObject } from '../http/request.ts'

/** The types of a member, as `typeof` names them. */
export type MemberType = 'string' | 'number' | 'boolean' | 'object'

/** The members that an object may have, each with its types. */
export type Members = Readonly<Record<string, readonly MemberType[]>>

/** Checks the members of an object from a program or from HTTP. Throws a TypeError that names the member. */
export function checkMembers(what: string, given: object, members: Members): void {
  for (const [name, value] of Object.entries(given)) {
    const types = Object.hasOwn(members, name) ? members[name] : undefined
    if (!types) throw new TypeError(`${what} has no "${name}". Known: ${Object.keys(members).join(', ')}`)
    if (value !== undefined && !hasType(value, types)) {
      throw new TypeError(`${what}'s "${name}" is ${types.map(describeType).join(' or ')}`)
    }
  }
}

/**
 * Reads the body: JSON whatever the Content-Type (`curl -d '{…}'` declares a form), or a form. Parameters in the URL are
 * rejected, because ignoring them would select everything.
 */
export function readInput(
  { query, body, contentType }: ParsedRequest,
  members: Members,
): Record<string, unknown> {
  if (query.size > 0) throw new TypeError('Send parameters in the body, as JSON or as a form, not in the URL')
  const json = parseJsonObject(body)
  const isEmpty = body.trim() === '' || /^\s*\{\s*\}\s*$/.test(body)
  if (isEmpty || Object.keys(json).length > 0) return json
  if (contentType !== formType || /^\s*[{[]/.test(body)) {
    throw new TypeError('The body is neither a JSON object nor a form')
  }
  return Object.fromEntries(
    [...parseForm(body)].map(([name, text]) => [name, convertFormValue(text, members[name] ?? [])]),
  )
}

function hasType(value: unknown, types: readonly string[]): boolean {
  return value !== null && types.includes(typeof value)
}

/** Converts the text of a form to the member's type: `true`, `500`. Objects need JSON. */
function convertFormValue(text: string, types: readonly MemberType[]): string | number | boolean {
  if (types.includes('boolean') && /^(true|false)$/.test(text)) return text === 'true'
  if (types.includes('number') && /^-?\d+(\.\d+)?$/.test(text)) return Number(text)
  return text
}

function describeType(type: MemberType): string {
  if (type === 'boolean') return 'true or false'
  return type === 'object' ? 'an object' : `a ${type}`
}
