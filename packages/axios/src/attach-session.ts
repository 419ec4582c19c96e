import type { BaseSession } from '@particle-grants/core'
import type { AxiosInstance } from 'axios'
import { resolverFor, WrappedAdapters } from './adapters.ts'
import { Attachment } from './attachment.ts'
import { keepFactory } from './body-factory.ts'
import { Destinations } from './destinations.ts'
import { type AttachableInstance, type AttachOptions, readOrigins } from './options.ts'
import { SessionWatch } from './session-watch.ts'

/**
 * Puts the session's token on the instance's requests to allowed origins, renews it once for all of them, and sends a
 * call again when the API says that its token is dead. Gives the function that takes all of it off.
 * Throws `invalid_argument` or `insecure_base_url` for origins that can't work.
 */
export function attachSession(
  instance: AttachableInstance,
  session: BaseSession,
  options: AttachOptions = {},
): () => void {
  const axios = instance as AxiosInstance
  const { onReauthenticationRequired, replay = true } = options
  const watch = SessionWatch.of(session)
  const attachment = new Attachment({
    session,
    watch,
    destinations: new Destinations(readOrigins(session, options.origins)),
    replay,
    resolve: resolverFor(axios),
  })
  const adapters = new WrappedAdapters((config, given) => attachment.send(config, given))
  const unlisten = onReauthenticationRequired && watch.listen(onReauthenticationRequired)
  const { request } = axios.interceptors
  const id = request.use(
    (config) => {
      const adapter = adapters.of(config.adapter)
      config.adapter = typeof config.data === 'function' ? keepFactory(config, adapter) : adapter
      return config
    },
    null,
    { synchronous: true },
  )
  let attached = true
  return () => {
    if (!attached) return
    attached = false
    request.eject(id)
    unlisten?.()
  }
}
