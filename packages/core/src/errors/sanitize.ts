import { redact, type Secret } from '../secret.ts'

/**
 * A copy of a foreign error that is fit to be a `cause`: name, code and message without the secrets that were
 * sent, and the same of its own cause. Whatever else hangs on it (configuration, request, sockets) stays behind.
 */
export function sanitizeCause(thrown: unknown, secrets: readonly Secret[], depth = 0): Error {
  try {
    return copyOf(thrown, secrets, depth)
  } catch {
    // Its own fields throw when they are read. Whoever handles an error must not get another one for it.
    return new Error("an error was thrown that can't be read")
  }
}

function copyOf(thrown: unknown, secrets: readonly Secret[], depth: number): Error {
  if (!(thrown instanceof Error)) return new Error(`something that is no error was thrown: ${typeof thrown}`)
  const options =
    thrown.cause === undefined || depth === 3
      ? {}
      : { cause: sanitizeCause(thrown.cause, secrets, depth + 1) }
  const copy = new Error(redact(String(thrown.message), secrets), options)
  copy.name = redact(String(thrown.name), secrets)
  // The copy's own stack tells where it was sanitised, which helps nobody.
  copy.stack = `${copy.name}: ${copy.message}`
  const { code } = thrown as { code?: unknown }
  return typeof code === 'string' ? Object.assign(copy, { code: redact(code, secrets) }) : copy
}

/** The first system code in a chain of causes, such as `ECONNREFUSED`. */
export function systemCodeOf(error: Error): string | undefined {
  const { code, cause } = error as { readonly code?: unknown; readonly cause?: unknown }
  if (typeof code === 'string' && /^[A-Z][A-Z0-9_]{2,40}$/.test(code)) return code
  return cause instanceof Error ? systemCodeOf(cause) : undefined
}
