import { inspect } from 'node:util'

/** Returns the planted secrets that show in any form of a value: plain, percent-encoded, in a form's body, in base64. */
export function findLeaks(value: unknown, planted: readonly string[]): string[] {
  const text = listForms(value).join('\n')
  return planted.filter((secret) =>
    [
      secret,
      encodeURIComponent(secret),
      new URLSearchParams({ _: secret }).toString().slice(2),
      ...[0, 1, 2].map((offset) => toBase64(secret, offset)),
    ].some((form) => text.includes(form)),
  )
}

/** Returns the characters of base64 that only the secret decides, if it begins so many bytes after a group of three. */
function toBase64(secret: string, offset: number): string {
  const bytes = Buffer.from('\0'.repeat(offset) + secret)
  return bytes.toString('base64').slice(Math.ceil((offset * 4) / 3), Math.floor((bytes.length * 4) / 3))
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
