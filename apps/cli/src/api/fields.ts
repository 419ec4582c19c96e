import { readFile } from 'node:fs/promises'
import { CliError, readStdin } from '@particle-grants/plugin-auth'

/** A field as it was given: `name=kitchen`, `params[led]=on`, `groups[]=lab`. */
export interface Field {
  readonly key: string
  readonly value: unknown
}

/** Reads `key=value` pairs: those of `-f` as strings, those of `-F` with their types. */
export async function readFields(strings: readonly string[], typed: readonly string[]): Promise<readonly Field[]> {
  const fields: Field[] = strings.map(splitField)
  for (const { key, value } of typed.map(splitField)) fields.push({ key, value: await readValue(value) })
  const keys = fields.map(({ key }) => key).filter((key) => !key.endsWith('[]'))
  const repeated = keys.find((key, index) => keys.indexOf(key) !== index)
  if (repeated !== undefined) throw invalid(`The field ${JSON.stringify(repeated)} is given more than once.`)
  return fields
}

/** Returns the fields as a query has them. */
export function toQuery(fields: readonly Field[]): [string, string][] {
  return fields.map(({ key, value }) => [key, String(value)])
}

/** Returns the fields as one object: `a[b]=c` becomes `{"a":{"b":"c"}}`, and `a[]=b` becomes `{"a":["b"]}`. */
export function toJson(fields: readonly Field[]): object {
  const body = createObject()
  for (const { key, value } of fields) {
    const [, name = '', path = ''] = /^([^[\]]+)((?:\[[^[\]]+\])*(?:\[\])?)$/.exec(key) ?? []
    if (name === '') throw invalid('A field is named like a, a[b] or a[].')
    setField(
      body,
      [
        name,
        ...path
          .slice(1, -1)
          .split('][')
          .slice(0, path === '' ? 0 : undefined),
      ],
      value,
    )
  }
  return body
}

function setField(target: Record<string, unknown>, [key = '', ...rest]: string[], value: unknown): void {
  const existing = target[key]
  if (rest.length === 0 && existing === undefined) target[key] = value
  else if (rest[0] === '' && (existing === undefined || Array.isArray(existing)))
    target[key] = [...(existing ?? []), value]
  else if (rest.length > 0 && rest[0] !== '' && (existing === undefined || isObject(existing))) {
    target[key] = existing ?? createObject()
    setField(target[key] as Record<string, unknown>, rest, value)
  } else throw invalid(`The field ${JSON.stringify(key)} is given as two different types.`)
}

function splitField(given: string): { key: string; value: string } {
  const equals = given.indexOf('=')
  // A value without a key may be a secret and is not repeated.
  if (equals < 1) throw invalid('A field is written as key=value. Example: -f name=kitchen')
  return { key: given.slice(0, equals), value: given.slice(equals + 1) }
}

/** `true`, `false`, `null` and numbers become JSON values, `@file` the text of a file, and everything else a string. */
async function readValue(text: string): Promise<unknown> {
  if (text.startsWith('@')) return (await readInput(text.slice(1))).toString('utf8')
  if (['true', 'false', 'null'].includes(text)) return JSON.parse(text)
  // A number that JavaScript would change, such as a long id, remains a string.
  return text !== '' && String(Number(text)) === text && Number.isFinite(Number(text)) ? Number(text) : text
}

/** Reads a file, or standard input for `-`. */
export async function readInput(name: string): Promise<Buffer> {
  if (name !== '-') {
    return readFile(name).catch((cause: NodeJS.ErrnoException) => {
      throw new CliError('usage', { what: `The input file could not be read (${cause.code}).`, cause })
    })
  }
  if (!process.stdin.isTTY) return readStdin({ remedy: 'End it, or name a file.' })
  const what = 'Standard input is a terminal, and - reads from it.'
  throw new CliError('no_input', { what, remedy: 'Pipe the input in, or name a file.' })
}

/** An object without a prototype: a field named `__proto__` is only a field. */
function createObject(): Record<string, unknown> {
  return Object.create(null)
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function invalid(what: string): CliError {
  return new CliError('usage', { what, remedy: 'To send any other body, use --input.' })
}
