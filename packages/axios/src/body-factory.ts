import type { AxiosAdapter, InternalAxiosRequestConfig } from 'axios'

/**
 * Brings a function that makes the body past Axios' transforms, which know no such thing, and would leave nothing of
 * it where the content is called JSON.
 */
export function keepFactory(config: InternalAxiosRequestConfig, adapter: AxiosAdapter): AxiosAdapter {
  const { transformRequest } = config
  config.transformRequest = []
  return (sent) => {
    if (transformRequest === undefined) delete sent.transformRequest
    else sent.transformRequest = transformRequest
    return adapter(sent)
  }
}
