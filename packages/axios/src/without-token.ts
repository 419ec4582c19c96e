import type { AxiosAdapter, AxiosResponse, InternalAxiosRequestConfig } from 'axios'
import { keepBodyHeaders, makeBody } from './body-factory.ts'
import { withoutToken } from './clean-error.ts'
import { guardResponse } from './response-guard.ts'
import { deadlineOf } from './waiting.ts'

/**
 * Sends a request that gets no token. By an agent that it shares, its errors lead to requests that have one: they are
 * cleaned as those are.
 */
export async function sendWithoutToken(
  config: InternalAxiosRequestConfig,
  adapter: AxiosAdapter,
): Promise<AxiosResponse> {
  const sent = { config, token: undefined }
  const restore = typeof config.data === 'function' ? await withBodyMade(config) : undefined
  try {
    const response = await adapter(config)
    restore?.()
    return guardResponse(response, sent)
  } catch (error) {
    restore?.()
    throw withoutToken(error, sent)
  }
}

async function withBodyMade(config: InternalAxiosRequestConfig): Promise<() => void> {
  const make = config.data as () => unknown
  const restoreHeaders = keepBodyHeaders(config)
  config.data = await makeBody(make, { config, deadline: deadlineOf(config) })
  return () => {
    config.data = make
    restoreHeaders()
  }
}
