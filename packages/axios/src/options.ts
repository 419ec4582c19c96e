import { type BaseSession, GrantsError } from '@particle-grants/core'
import type { SignInNeeded } from './session-watch.ts'

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
  /** Where the token may go: scheme, host and port, exactly. @default the origin of the session's base URL */
  readonly origins?: readonly string[] | undefined
  /** Sends a call once more after a renewal, when the API said that its token is dead. @default true */
  readonly replay?: boolean | undefined
  /**
   * Called once each time the session comes to need its owner; every call in question rejects as well. Each function
   * is called once, however many attachments name it. What it throws goes to the platform's `reportError`, if to anyone.
   */
  readonly onReauthenticationRequired?: ((error: SignInNeeded) => void) | undefined
}

/** What one request may say for itself. */
export interface RequestOptions {
  /** Whether this call is sent once more. @default as the session was attached */
  readonly replay?: boolean | undefined
}

declare module 'axios' {
  // Without type parameters, since Axios has changed how many this interface has.
  interface AxiosRequestConfig {
    /** `false`: this request gets no token. Otherwise what differs for it. */
    particleGrants?: false | RequestOptions | undefined
  }
}

const loopback = /^(localhost|.+\.localhost|127(\.\d{1,3}){3}|\[::1\])$/

/** The allowed origins, checked. The session's own needs no check: the session has checked it. */
export function readOrigins(session: BaseSession, given: readonly string[] | undefined): readonly string[] {
  const own = new URL(session.state.identity.baseUrl).origin
  if (given === undefined) return [own]
  return given.map((text) => {
    const origin = text.replace(/\/$/, '')
    const url = URL.canParse(text) ? new URL(text) : undefined
    // A pattern would match no request, and seem to allow many.
    if (url === undefined || url.origin !== origin || url.hostname.includes('*')) {
      throw new GrantsError('invalid_argument', {
        parameter: 'origins',
        problem: 'must hold origins, such as https://api.particle.io',
      })
    }
    const secure = url.protocol === 'https:' || (url.protocol === 'http:' && loopback.test(url.hostname))
    if (!secure && origin !== own) throw new GrantsError('insecure_base_url', { origin })
    return origin
  })
}
