import { GrantsError, type Session } from '@particle-grants/core'
import type { ReauthenticationError } from './session-watch.ts'

/**
 * An instance of Axios, or Axios itself, as any of its builds and versions declares it: those for `import` and for
 * `require` have types of their own, which TypeScript takes for different ones.
 */
export interface AttachableInstance {
  readonly defaults: object
  readonly interceptors: { readonly request: object; readonly response: object }
  readonly getUri: unknown
}

/** How a session is attached. */
export interface AttachOptions {
  /** Origins that the token may be sent to, e.g. `https://api.particle.io`. @default the session's `allowedOrigins` */
  readonly allowedOrigins?: readonly string[] | undefined
  /** Replays a request once with a new token when the API rejected its token. @default true */
  readonly replay?: boolean | undefined
  /**
   * Called once each time a person must sign in; the requests concerned reject as well. A function that several
   * attachments share is called once. Errors that it throws go to the platform's `reportError`.
   */
  readonly onReauthenticationRequired?: ((error: ReauthenticationError) => void) | undefined
}

/** Options of one request. */
export interface RequestOptions {
  /** Whether this request is replayed. @default the option of `attachSession` */
  readonly replay?: boolean | undefined
}

declare module 'axios' {
  // Without type parameters, since Axios has changed how many this interface has.
  interface AxiosRequestConfig {
    /** `false`: this request gets no token. */
    particleGrants?: false | RequestOptions | undefined
  }
}

const loopback = /^(localhost|.+\.localhost|127(\.\d{1,3}){3}|\[::1\])$/

/** Checks the allowed origins. The session has checked its own. */
export function resolveOrigins(
  { allowedOrigins }: Pick<Session, 'allowedOrigins'>,
  given: readonly string[] | undefined,
): readonly string[] {
  if (given === undefined) return allowedOrigins
  if (!Array.isArray(given)) throw invalidOrigins()
  return given.map((text: unknown) => {
    const url = typeof text === 'string' && URL.canParse(text) ? new URL(text) : undefined
    // A pattern would match no request, and seem to allow many.
    if (
      url === undefined ||
      ![url.origin, `${url.origin}/`].includes(String(text)) ||
      url.hostname.includes('*')
    ) {
      throw invalidOrigins()
    }
    const { origin, protocol, hostname } = url
    const isSecure = protocol === 'https:' || (protocol === 'http:' && loopback.test(hostname))
    if (isSecure || allowedOrigins.includes(origin)) return origin
    const message = `The token would be sent to ${origin} unencrypted. Use https.`
    throw new GrantsError('insecure_base_url', message, { origin })
  })
}

function invalidOrigins(): GrantsError {
  return invalidArgument('allowedOrigins', 'must be an array of origins, e.g. https://api.particle.io')
}

export function invalidArgument(parameter: string, problem: string): GrantsError {
  return new GrantsError('invalid_argument', `${parameter} ${problem}.`, { parameter, problem })
}
