import { type BaseSession, GrantsError } from '@particle-grants/core'
import type { AxiosInstance } from 'axios'
import { resolverFor, WrappedAdapters } from './adapters.ts'
import { Attachment } from './attachment.ts'
import { keepFactory } from './body-factory.ts'
import { hideWhatLeadsToSockets } from './clean-error.ts'
import { Destinations } from './destinations.ts'
import { useLast } from './last-interceptor.ts'
import { type AttachableInstance, type AttachOptions, readOrigins } from './options.ts'
import { SessionWatch } from './session-watch.ts'
import { isAborted } from './waiting.ts'

/**
 * Puts the session's token on the instance's requests to allowed origins, renews it once for all of them, and sends a
 * call again when the API says that its token is dead. Gives the function that takes all of it off.
 * Throws `invalid_argument` for what is no instance or no session, and `insecure_base_url` for origins that can't work.
 */
export function attachSession(
  instance: AttachableInstance,
  session: BaseSession,
  options: AttachOptions = {},
): () => void {
  assertInstance(instance)
  assertSession(session)
  const { onReauthenticationRequired, replay = true } = options
  const watch = SessionWatch.of(session)
  const attachment = new Attachment({
    session,
    watch,
    destinations: new Destinations(readOrigins(session, options.origins)),
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
  throw new GrantsError('invalid_argument', {
    parameter: 'instance',
    problem: 'must be Axios, or an instance that axios.create() made',
  })
}

function assertSession(given: BaseSession): void {
  const { peekToken, state } = (given ?? {}) as Partial<BaseSession>
  if (typeof peekToken === 'function' && state !== undefined) return
  throw new GrantsError('invalid_argument', {
    parameter: 'session',
    problem: 'must be a session, as createSession() makes it',
  })
}
