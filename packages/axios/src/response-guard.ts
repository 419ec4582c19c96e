import axios, {
  type AxiosResponse,
  type AxiosResponseTransformer,
  type InternalAxiosRequestConfig,
} from 'axios'
import { hideWhatLeadsToSockets, type Sent, withoutToken } from './clean-error.ts'
import { isAborted } from './waiting.ts'

/**
 * Keeps the token out of errors that come after the response: of the transforms that Axios runs next, and of a stream
 * that breaks while the caller reads it. The response itself is the caller's, and stays as it is.
 */
export function guardResponse(response: AxiosResponse, sent: Sent): AxiosResponse {
  const { config } = sent
  // An abort that the adapter ignored: Axios makes an error of it next, with this config.
  if (isAborted(config)) hideWhatLeadsToSockets(config)
  if (mayThrow(config)) guardTransforms(config, sent)
  if (config.responseType === 'stream') guardStream(response.data, sent)
  return response
}

const [parseJson] = [axios.defaults.transformResponse].flat()

/** Axios' own transform throws unless it is told to be silent, as it is by default. */
function mayThrow({ transformResponse, transitional }: InternalAxiosRequestConfig): boolean {
  if (!transitional?.silentJSONParsing) return true
  const only =
    Array.isArray(transformResponse) && transformResponse.length === 1 ? transformResponse[0] : undefined
  return only !== parseJson
}

/** Stands in for the transforms when Axios runs them, and puts them back first. */
function guardTransforms(config: InternalAxiosRequestConfig, sent: Sent): void {
  const given = config.transformResponse
  config.transformResponse = function guarded(this: InternalAxiosRequestConfig, data, ...rest) {
    if (given === undefined) delete config.transformResponse
    else config.transformResponse = given
    try {
      let result: unknown = data
      for (const transform of transforms(given)) result = transform.call(this, result, ...rest)
      return result
    } catch (error) {
      throw withoutToken(error, sent)
    }
  }
}

function transforms(given: InternalAxiosRequestConfig['transformResponse']): AxiosResponseTransformer[] {
  return given === undefined || given === null ? [] : [given].flat()
}

interface Emitter {
  on(event: symbol, listener: (error: unknown) => void): void
  readonly constructor: { readonly errorMonitor?: symbol }
}

/** A look at the stream's errors on their way, which handles none of them. */
function guardStream(data: unknown, sent: Sent): void {
  if (typeof data !== 'object' || data === null || !('on' in data)) return
  const stream = data as Emitter
  const { errorMonitor } = stream.constructor
  if (errorMonitor !== undefined) stream.on(errorMonitor, (error) => withoutToken(error, sent))
}
