import type { AxiosResponse } from 'axios'
import { discard, keepBodyHeaders } from './body-factory.ts'
import type { Call } from './call.ts'
import { type BeforeRedirect, beforeRedirectFrom } from './redirects.ts'
import { timeLeft, timeoutMessage } from './waiting.ts'

/** How one sending ended: with a response, or with an error that may carry one. */
export interface Outcome {
  readonly response: AxiosResponse | undefined
  /** What the adapter rejected with, where it did. The token may still be in it. */
  readonly failure: { readonly error: unknown } | undefined
}

/** What becomes of an outcome: the call's response, or an error that is thrown. */
export type Settle = (outcome: Outcome) => AxiosResponse | Promise<AxiosResponse>

/**
 * Sends a call once, with this token. The config is the caller's: it carries the token only while the call is under
 * way, so that whoever sends it again, as retrying interceptors do, gets the token of that time.
 */
export function transmit(call: Call, token: string, settle: Settle): Promise<AxiosResponse> {
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

/** Gives the sending what is left of the time; an error says the whole of it. */
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
