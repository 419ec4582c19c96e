import axios, { type AxiosAdapter, type AxiosInstance, type InternalAxiosRequestConfig } from 'axios'
import { tracedEnvironment } from './traced-fetch.ts'

/** What a request or an instance names as its adapter. */
export type GivenAdapter = InternalAxiosRequestConfig['adapter']

/** Sends by the adapter that stood in a request's config. */
export type SendBy = (config: InternalAxiosRequestConfig, given: GivenAdapter) => ReturnType<AxiosAdapter>

/** Makes the function of what a config names. */
export type ResolveAdapter = (given: GivenAdapter, config: InternalAxiosRequestConfig) => AxiosAdapter

/** One wrapper for each adapter, so that a request costs no new one. */
export class WrappedAdapters {
  readonly #send: SendBy
  readonly #functions = new WeakMap<AxiosAdapter, AxiosAdapter>()
  readonly #names = new Map<string, AxiosAdapter>()

  constructor(send: SendBy) {
    this.#send = send
  }

  of(given: GivenAdapter): AxiosAdapter {
    if (typeof given === 'function') {
      let wrapper = this.#functions.get(given)
      if (wrapper === undefined) {
        wrapper = this.#wrap(given)
        this.#functions.set(given, wrapper)
      }
      return wrapper
    }
    if (Array.isArray(given) && given.some((entry) => typeof entry === 'function')) return this.#wrap(given)
    // Axios copies the list of its defaults for each request: the same names are the same list.
    const name = String(given)
    let wrapper = this.#names.get(name)
    if (wrapper === undefined) {
      wrapper = this.#wrap(given)
      this.#names.set(name, wrapper)
    }
    return wrapper
  }

  #wrap(given: GivenAdapter): AxiosAdapter {
    return (config) => this.#send(config, given)
  }
}

/** The adapters of the Axios that an instance comes from, which need not be the one that this package imports. */
export function resolverFor(instance: AxiosInstance): ResolveAdapter {
  const own = 'getAdapter' in instance ? (instance as typeof axios) : undefined
  const known = own ?? (isOfImportedAxios(instance) ? axios : undefined)
  const named: ResolveAdapter =
    known === undefined
      ? bareSender(instance)
      : (given, config) => {
          const adapters = given ?? known.defaults.adapter
          // Only the fetch adapter looks at this, and only at its environment.
          const environment = mayBeFetch(adapters) ? { env: tracedEnvironment(config) } : config
          return known.getAdapter(adapters, environment as InternalAxiosRequestConfig)
        }
  return (given, config) => (typeof given === 'function' ? given : named(given, config))
}

function mayBeFetch(given: GivenAdapter): boolean {
  return given === 'fetch' || (Array.isArray(given) && given.includes('fetch'))
}

/** Axios has a build for `import` and one for `require`, each with classes of its own. */
function isOfImportedAxios({ interceptors }: AxiosInstance): boolean {
  return interceptors.request.constructor === axios.interceptors.request.constructor
}

/**
 * Another build keeps its adapters to itself. They are reached through an instance of it that has no interceptors,
 * no defaults and no transforms: they have run already.
 */
function bareSender(instance: AxiosInstance): ResolveAdapter {
  const bare = instance.create()
  const defaults: Record<string, unknown> = bare.defaults as object as Record<string, unknown>
  for (const name of Object.keys(defaults)) delete defaults[name]
  return (adapter) => async (config) => {
    const env = tracedEnvironment(config)
    const untransformed = { transformRequest: [], transformResponse: [] }
    const sent = { ...config, ...(env && { env }), ...untransformed, ...(adapter && { adapter }) }
    try {
      const response = await bare.request(sent)
      return Object.assign(response, { config })
    } catch (error) {
      const failed = error as { config?: unknown; response?: { config?: unknown } }
      if (failed.config !== undefined) failed.config = config
      if (failed.response !== undefined) failed.response.config = config
      throw error
    }
  }
}
