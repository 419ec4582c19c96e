import { inspect } from 'node:util'

/** Returns the planted secrets that show in any form of a value, plain, URL-encoded or in base64. */
export function findLeaks(value: unknown, planted: readonly string[]): string[] {
  const text = listForms(value).join('\n')
  return planted.filter((secret) =>
    [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64')].some((form) => text.includes(form)),
  )
}

/** Lists every form in which a value can be written to a log, a file or a terminal. */
function listForms(value: unknown): string[] {
  const forms = [
    inspect(value, { depth: Number.POSITIVE_INFINITY, showHidden: true, getters: true }),
    String(value),
    `${JSON.stringify(value)}`,
  ]
  if (value instanceof Error) {
    forms.push(`${value.stack}`, value.message, ...(value.cause === undefined ? [] : listForms(value.cause)))
  }
  if (typeof value === 'object' && value !== null) {
    const members = Object.getOwnPropertyNames(value).map((name) => String(Reflect.get(value, name)))
    forms.push(JSON.stringify(members))
  }
  return forms
}
