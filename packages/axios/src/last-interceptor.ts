import type { AxiosInstance, InternalAxiosRequestConfig } from 'axios'

type Requests = AxiosInstance['interceptors']['request']
type Interceptor = (config: InternalAxiosRequestConfig) => InternalAxiosRequestConfig

/** What Axios reads of one that is registered. */
interface Entry {
  readonly fulfilled: Interceptor
  readonly rejected: null
  readonly synchronous: true
  readonly runWhen: null
}

/** What Axios asks its interceptors by, which its types leave out. */
interface Walkable {
  forEach: Walk
}
type Walk = (this: Walkable, visit: (entry: Entry) => void) => void

const entries = new WeakMap<Requests, Entry[]>()

/**
 * Has an interceptor run after all that are registered, whenever they were: Axios runs the first one last, and what
 * that one sets in a config would else be the last word. Gives the function that takes it off.
 */
export function useLast({ defaults, interceptors }: AxiosInstance, fulfilled: Interceptor): () => void {
  const { request } = interceptors
  const walkable = request as unknown as Walkable
  const entry: Entry = { fulfilled, rejected: null, synchronous: true, runWhen: null }
  const known = entries.get(request)
  const mine = known ?? []
  mine.push(entry)
  if (known === undefined) {
    entries.set(request, mine)
    walkable.forEach = walkWith(mine, walkable.forEach, defaults)
  }
  return () => {
    mine.splice(mine.indexOf(entry), 1)
    if (mine.length > 0) return
    entries.delete(request)
    Reflect.deleteProperty(request, 'forEach')
  }
}

function walkWith(mine: readonly Entry[], walk: Walk, defaults: AxiosInstance['defaults']): Walk {
  const isReversed = () =>
    (defaults.transitional as Ordering | undefined)?.legacyInterceptorReqResOrdering !== false
  return function forEach(visit) {
    const isFirst = isReversed()
    if (isFirst) mine.forEach(visit)
    walk.call(this, visit)
    if (!isFirst) mine.forEach(visit)
  }
}

/** Newer versions of Axios can run interceptors in the order in which they were registered. */
interface Ordering {
  readonly legacyInterceptorReqResOrdering?: boolean
}
