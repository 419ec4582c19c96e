import type { Session } from '@particle-grants/core'
import { invalidArgument, isAllowedUrl, parseOrigins } from '@particle-grants/core/protocol'
import type { AxiosInstance } from 'axios'
import { getUrl } from './destination.ts'
import { SessionAdapter } from './session-adapter.ts'

/**
 * An instance of Axios, or Axios itself. Only what is needed is declared, because TypeScript takes the declarations for
 * `import` and for `require` for different types.
 */
export interface AttachableInstance {
  readonly defaults: object
  readonly interceptors: { readonly request: object; readonly response: object }
  readonly getUri: unknown
}

export interface AttachOptions {
  /** Origins that the token may be sent to, e.g. `https://api.particle.io`. @default the session's `allowedOrigins` */
  readonly allowedOrigins?: readonly string[] | undefined
  /** Replays a request once with a new token if the API rejected its token. @default true */
  readonly replay?: boolean | undefined
}

declare module 'axios' {
  // Without type parameters, since Axios has changed how many this interface has.
  interface AxiosRequestConfig {
    /** `false`: this request gets no token. `replay`: whether it is replayed. */
    particleGrants?: false | { readonly replay?: boolean | undefined } | undefined
  }
}

/**
 * Attaches the session's token to the instance's requests to allowed origins. All requests share one renewal, and a
 * request whose token the API rejected is replayed once. Returns the function that detaches the session.
 *
 * Attach before you register request interceptors of your own: Axios runs the first one last.
 *
 * @throws GrantsError `invalid_argument`, `insecure_base_url`
 */
export function attachSession(
  instance: AttachableInstance,
  session: Omit<Session, 'logout'>,
  options: AttachOptions = {},
): () => void {
  assertArguments(instance, session)
  const given = options.allowedOrigins
  const allowedOrigins = given === undefined ? session.allowedOrigins : parseOrigins(given, false)
  assertBaseUrl(instance, allowedOrigins)
  const adapter = new SessionAdapter(session, allowedOrigins, options.replay ?? true)
  const { request } = instance.interceptors
  const id = request.use((config) => adapter.install(config), null, { synchronous: true })
  return () => {
    adapter.detach()
    request.eject(id)
  }
}

function assertArguments(
  instance: AttachableInstance,
  session: Omit<Session, 'logout'>,
): asserts instance is AttachableInstance & AxiosInstance {
  if (typeof (instance as AxiosInstance | undefined)?.interceptors?.request?.use !== 'function') {
    throw invalidArgument('instance', 'must be Axios or an instance from axios.create()')
  }
  if (!Array.isArray(session?.allowedOrigins)) {
    throw invalidArgument('session', 'must be a session from createSession()')
  }
}

/** An instance whose own requests never get the token is a mistake. */
function assertBaseUrl({ defaults: { baseURL } }: AxiosInstance, allowedOrigins: readonly string[]): void {
  if (!baseURL || isAllowedUrl(getUrl({ baseURL }), allowedOrigins)) return
  const origins = allowedOrigins.join(', ') || 'none'
  throw invalidArgument('instance', `must have a baseURL in the allowed origins (${origins}), or none at all`)
}
