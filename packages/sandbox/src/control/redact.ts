const redacted = '[redacted]'

/** Fields whose values are no secret. Everything else is: a new field is hidden until it is listed here. */
const harmless = new Set([
  'grant_type',
  'client_id',
  'username',
  'email',
  'scope',
  'expires_in',
  'expires_at',
  'no_password',
  'invalidate_tokens',
  'callback',
])

/** Fields with their values hidden, except where the name says that the value is harmless. */
export function readableFields(fields: Iterable<readonly [string, unknown]>): Record<string, string> {
  const shown: Record<string, string> = {}
  for (const [name, value] of fields) {
    shown[readableName(name)] = harmless.has(name) ? readableText(String(value)) : redacted
  }
  return shown
}

/** A path without the token that `DELETE /v1/access_tokens/:token` carries, or one in any other place. */
export function readablePath(path: string): string {
  const shown = path.replace(/^(\/v1\/access_tokens\/)(?!current\/?$).+/, `$1${redacted}`)
  return readableText(shown)
}

/**
 * A text without anything that is shaped like a token, since people paste secrets into the wrong fields, and
 * without control characters, since it is printed in terminals.
 */
export function readableText(text: string): string {
  const shown = text.replace(/[0-9a-f]{32,}/gi, redacted).replace(/\p{Cc}/gu, '\ufffd')
  return shown.length > 120 ? `${shown.slice(0, 120)}…` : shown
}

/** A body that was no form shows up as a field's name, so only what looks like a name is shown. */
function readableName(name: string): string {
  return /^[a-z]{1,20}(?:_[a-z]{1,20}){0,3}$/.test(name) ? name : redacted
}
