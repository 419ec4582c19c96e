import type { AxiosResponse } from 'axios'
import { discard, keepBodyHeaders } from './body-factory.ts'
import type { Call } from './call.ts'
import { type BeforeRedirect, beforeRedirectFrom } from './redirects.ts'
import { timeLeft, timeoutMessage } from './waiting.ts'

/** How a request ended: with a response, or with an error that may contain one. */
export interface Outcome {
  readonly response: AxiosResponse | undefined
  /** The error that the adapter rejected with. It may still contain the token. */
  readonly failure: { readonly error: unknown } | undefined
}

/** Turns an outcome into the call's response, or throws. */
export type Settle = (outcome: Outcome) => AxiosResponse | Promise<AxiosResponse>

/**
 * Sends a request once, with this token. The config is the caller's: it holds the token only while the request is in
 * progress, so that an interceptor that sends it again gets the token of that time.
 */
export function send(call: Call, token: string, settle: Settle): Promise<AxiosResponse> {
  const { config } = call
  const { beforeRedirect } = config
  const headers = config.headers as unknown as Record<string, unknown>
  const restoreBody = call.body && lendBody(call)
  let restoreTimeout: (() => void) | undefined

  const restore = () => {
    // Not deleted, which would make slow objects of them; an error's are.
    headers.Authorization = undefined
    config.beforeRedirect = beforeRedirect as BeforeRedirect
    restoreTimeout?.()
    restoreBody?.()
  }
  const fail = (error: unknown) => {
    restore()
    return settle({ response: responseOf(error), failure: { error } })
  }
  try {
    if (call.deadline !== undefined) restoreTimeout = limitTimeout(call, call.deadline)
    headers.Authorization = `Bearer ${token}`
    config.beforeRedirect = beforeRedirectFrom(call.origin, beforeRedirect)
    return call.adapter(config).then((response) => {
      restore()
      return settle({ response, failure: undefined })
    }, fail)
  } catch (error) {
    if (config.data !== call.data) discard(config.data)
    return (async () => fail(error))()
  }
}

function lendBody({ config, data }: Call): () => void {
  const restoreHeaders = keepBodyHeaders(config)
  return () => {
    config.data = data
    restoreHeaders()
  }
}

function responseOf(error: unknown): AxiosResponse | undefined {
  const failed = typeof error === 'object' && error !== null ? error : {}
  return 'response' in failed ? (failed.response as AxiosResponse | undefined) : undefined
}

/** Limits the request to the time that is left; an error states the whole time-out. */
function limitTimeout({ config }: Call, deadline: number): (() => void) | undefined {
  const { timeout, timeoutErrorMessage } = config
  const left = timeLeft(config, deadline)
  // Nothing has been waited for.
  if (left === Number(timeout)) return undefined
  config.timeoutErrorMessage = timeoutMessage(config)
  config.timeout = left
  return () => {
    config.timeout = timeout as number
    config.timeoutErrorMessage = timeoutErrorMessage as string
  }
}
