import { inspect } from 'node:util'

/** Every form in which a value can end up in a log, a file or a terminal. */
export function appearances(value: unknown): string[] {
  const forms = [
    inspect(value, { depth: Number.POSITIVE_INFINITY, showHidden: true, getters: true }),
    String(value),
    `${JSON.stringify(value)}`,
  ]
  if (value instanceof Error) {
    forms.push(
      String(value.stack),
      value.message,
      ...(value.cause === undefined ? [] : appearances(value.cause)),
    )
  }
  if (typeof value === 'object' && value !== null) {
    forms.push(
      JSON.stringify(Object.getOwnPropertyNames(value).map((name) => String(Reflect.get(value, name)))),
    )
  }
  return forms
}

/** The planted secrets that show in any appearance of a value, plain, URL-encoded or in base64. */
export function leaksIn(value: unknown, planted: readonly string[]): string[] {
  const text = appearances(value).join('\n')
  return planted.filter((secret) =>
    [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64')].some((form) =>
      text.includes(form),
    ),
  )
}
