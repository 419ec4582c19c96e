import { invalidArgument } from './errors.ts'
import { isHeaderSafe } from './protocol/http.ts'
import { Secret, toSecret } from './secret.ts'
import type { Subject } from './subject.ts'

/** A token that the application has already. */
export interface ExternalToken {
  readonly accessToken: string | Secret
  readonly refreshToken?: string | Secret | undefined
  /** Date, or milliseconds since 1970. @default null, unknown: used until the API rejects it */
  readonly expiresAt?: Date | number | null | undefined
  /** Whose token it is. Without it the token is not stored. @default the session's `subject` option */
  readonly subject?: Subject | undefined
}

/** Particle is younger than this, 2001-09-09. Seconds since 1970 reach it only in the year 33658. Milliseconds. */
const earliestExpiry = 1e12

/** Checks a token from elsewhere, but not its subject. */
export function readExternalToken(token: { readonly [N in keyof ExternalToken]?: ExternalToken[N] | undefined }) {
  const { refreshToken } = token
  const expiresAt = token.expiresAt instanceof Date ? token.expiresAt.getTime() : (token.expiresAt ?? null)
  if (expiresAt !== null && !(Number.isFinite(expiresAt) && expiresAt >= earliestExpiry)) {
    throw invalidArgument('expiresAt', 'must be a Date, or milliseconds since 1970: multiply seconds by 1000')
  }
  return {
    accessToken: toTokenSecret('accessToken', token.accessToken),
    refreshToken: refreshToken === undefined ? undefined : toTokenSecret('refreshToken', refreshToken),
    expiresAt,
  }
}

function toTokenSecret(parameter: string, token: string | Secret | undefined): Secret {
  if (isHeaderSafe(Secret.isInstance(token) ? token.reveal() : token)) return toSecret(token as Secret)
  throw invalidArgument(parameter, 'must be a non-empty string without spaces or "Bearer" in front')
}
