import type { Session } from '@particle-grants/core'
import type { AxiosInstance, InternalAxiosRequestConfig } from 'axios'
import { resolverFor, WrappedAdapters } from './adapters.ts'
import { Attachment } from './attachment.ts'
import { keepFactory } from './body-factory.ts'
import { hideWhatLeadsToSockets } from './clean-error.ts'
import { Destinations } from './destinations.ts'
import { useLast } from './last-interceptor.ts'
import { type AttachableInstance, type AttachOptions, invalidArgument, resolveOrigins } from './options.ts'
import { SessionWatch } from './session-watch.ts'
import { isAborted } from './waiting.ts'

/**
 * Attaches the session's token to the instance's requests to allowed origins. All requests share one renewal, and a
 * request whose token the API rejected is replayed once. Returns the function that detaches the session.
 *
 * @throws GrantsError `invalid_argument`, `insecure_base_url`
 */
export function attachSession(
  instance: AttachableInstance,
  session: Session,
  options: AttachOptions = {},
): () => void {
  assertInstance(instance)
  assertSession(session)
  const { onReauthenticationRequired, replay = true } = options
  const allowedOrigins = resolveOrigins(session, options.allowedOrigins)
  const destinations = new Destinations(allowedOrigins)
  assertBaseUrl(instance, destinations, allowedOrigins)
  const watch = SessionWatch.of(session)
  const attachment = new Attachment({
    session,
    watch,
    destinations,
    replay,
    resolve: resolverFor(instance),
  })
  const adapters = new WrappedAdapters((config, given) => attachment.send(config, given))
  const unwatch = watch.attach(onReauthenticationRequired)
  const eject = useLast(instance, (config) => {
    // Axios makes an error of it next, with this config.
    if (isAborted(config)) hideWhatLeadsToSockets(config)
    else {
      const adapter = adapters.of(config.adapter)
      config.adapter = typeof config.data === 'function' ? keepFactory(config, adapter) : adapter
    }
    return config
  })
  let attached = true
  return () => {
    if (!attached) return
    attached = false
    attachment.detach()
    eject()
    unwatch()
  }
}

function assertInstance(given: AttachableInstance): asserts given is AttachableInstance & AxiosInstance {
  const { interceptors, getUri } = (given ?? {}) as Partial<AxiosInstance>
  if (typeof interceptors?.request?.use === 'function' && typeof getUri === 'function') return
  throw invalidArgument('instance', 'must be Axios or an instance from axios.create()')
}

/** An instance whose own requests never get the token is a mistake. */
function assertBaseUrl(
  { defaults: { baseURL } }: AxiosInstance,
  destinations: Destinations,
  allowedOrigins: readonly string[],
): void {
  if (!baseURL || destinations.of({ baseURL } as InternalAxiosRequestConfig) !== undefined) return
  const origins = allowedOrigins.join(', ') || 'none'
  throw invalidArgument('instance', `must have a baseURL in the allowed origins (${origins}), or none at all`)
}

function assertSession(given: Session): void {
  const { getAccessToken, allowedOrigins } = (given ?? {}) as Partial<Session>
  if (typeof getAccessToken === 'function' && Array.isArray(allowedOrigins)) return
  throw invalidArgument('session', 'must be a session from createSession()')
}
