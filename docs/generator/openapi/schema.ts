import type { FieldFormat } from '@particle-grants/core/protocol'
import type { ResponseField } from '@particle-grants/reference'

/** A JSON Schema, in the draft of OpenAPI 3.1. */
export interface Schema {
  readonly [key: string]: unknown
}

/** The schema of each format of a form field. */
export const formatSchemas: Readonly<Record<FieldFormat, Schema>> = {
  text: { type: 'string', minLength: 1 },
  secret: { type: 'string', minLength: 1, format: 'password' },
  otp: { type: 'string', pattern: '^[0-9]{6}$', format: 'password' },
  seconds: { type: 'integer', minimum: 0 },
  date: { type: 'string', format: 'date-time' },
  scope: { type: 'string', pattern: '^\\S+( \\S+)*$' },
}

/** Returns the schema of an object, with the names of its required properties. */
export function object(properties: Readonly<Record<string, Schema>>, required: readonly string[]): Schema {
  return { type: 'object', properties, ...(required.length > 0 && { required }) }
}

/** Returns a reference to a schema of the document. */
export function ref(name: string): Schema {
  return { $ref: `#/components/schemas/${name}` }
}

/** Returns the schema of a response field, with what the reference says about it. */
export function responseProperty({ meaning, example, facts, from }: ResponseField, schema: Schema): Schema {
  const description = [meaning, ...facts.map(({ text }) => text)].join(' ')
  return { ...schema, description, examples: [typed(example, schema)], 'x-known-from': from }
}

function typed(example: string, { type }: Schema): string | number {
  return type === 'integer' ? Number(example) : example
}

/** Derives a schema from the example of a response. The caller adds what the example does not show. */
export function inferSchema(value: unknown): Schema {
  if (Array.isArray(value)) {
    return { type: 'array', ...(value.length > 0 && { items: inferSchema(value[0]) }) }
  }
  if (typeof value === 'object' && value !== null) {
    const properties = Object.entries(value).map(([name, one]) => [name, inferSchema(one)] as const)
    return object(Object.fromEntries(properties), Object.keys(value))
  }
  return { type: typeof value === 'number' ? 'integer' : typeof value }
}
