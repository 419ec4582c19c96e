import type { FieldForm } from '@particle-grants/core'
import { type AnswerField, forms } from '@particle-grants/core/reference'

/** A JSON Schema, of the draft that OpenAPI 3.1 takes. */
export interface Schema {
  readonly [key: string]: unknown
}

const bodies: Readonly<Record<FieldForm, Schema>> = {
  text: { type: 'string', minLength: 1 },
  secret: { type: 'string', minLength: 1, format: 'password' },
  otp: { type: 'string', pattern: '^[0-9]{6}$', format: 'password' },
  seconds: { type: 'integer', minimum: 0 },
  date: { type: 'string', format: 'date-time' },
  scope: { type: 'string', pattern: '^\\S+( \\S+)*$' },
}

/** The schema of a form field. */
export function formSchema(form: FieldForm): Schema {
  return bodies[form]
}

/** What a form means, as a sentence of a description. */
export function formMeaning(form: FieldForm): string {
  return forms[form]
}

/** An object, with the names of what is always there. */
export function object(properties: Readonly<Record<string, Schema>>, required: readonly string[]): Schema {
  return { type: 'object', properties, ...(required.length > 0 && { required }) }
}

/** A reference to a schema of the document. */
export function ref(name: string): Schema {
  return { $ref: `#/components/schemas/${name}` }
}

/** What the reference says of a field of an answer, around its schema. */
export function answerProperty({ meaning, example, facts, from }: AnswerField, schema: Schema): Schema {
  const description = [meaning, ...facts.map(({ text }) => text)].join(' ')
  return { ...schema, description, examples: [typed(example, schema)], 'x-known-from': from }
}

function typed(example: string, { type }: Schema): string | number {
  return type === 'integer' ? Number(example) : example
}

/** The schema that an answer's example has. Facts that the example doesn't show are for the caller to add. */
export function schemaOf(value: unknown): Schema {
  if (Array.isArray(value)) {
    return { type: 'array', ...(value.length > 0 && { items: schemaOf(value[0]) }) }
  }
  if (typeof value === 'object' && value !== null) {
    const properties = Object.entries(value).map(([name, one]) => [name, schemaOf(one)] as const)
    return object(Object.fromEntries(properties), Object.keys(value))
  }
  return { type: typeof value === 'number' ? 'integer' : typeof value }
}
