import { getRedirect, isAllowedUrl } from '@particle-grants/core/protocol'
import type { AxiosResponse, InternalAxiosRequestConfig } from 'axios'
import { type AxiosAdapter, AxiosError, AxiosHeaders } from 'axios'
import { type Body, describeBody } from './body.ts'
import { isHttpAdapter } from './destination.ts'
import { hideRequest, redactError } from './redact-error.ts'
import { isTokenRejected } from './token-rejection.ts'

export interface TokenRequest {
  readonly config: InternalAxiosRequestConfig
  readonly adapter: AxiosAdapter
  readonly body: Body
  /** When the request's own `timeout` ends, by `performance.now()`. It includes waiting and the replay. */
  readonly deadline: number | undefined
  readonly guardRedirect: BeforeRedirect
}

/** How an attempt ended. An error may contain a response. */
export type Outcome = { readonly response: AxiosResponse } | { readonly error: unknown }

/**
 * Sends the request once with this token. The config is the caller's: it contains the token only while the request is in
 * progress. `onTokenRejected` decides what happens if the API rejects the token.
 */
export async function sendOnce(
  request: TokenRequest,
  token: string,
  onTokenRejected: (outcome: Outcome) => AxiosResponse | Promise<AxiosResponse>,
): Promise<AxiosResponse> {
  const { config, adapter, body, deadline, guardRedirect } = request
  const { headers, data, timeout, timeoutErrorMessage, beforeRedirect, fetchOptions } = config
  const sent = { config, token }
  let outcome: Outcome
  try {
    if (deadline !== undefined) limitTime(config, deadline)
    config.headers = copyHeaders(headers)
    config.headers.Authorization = `Bearer ${token}`
    if (body.contentType !== undefined) config.headers.setContentType(body.contentType)
    config.data = body.data
    config.beforeRedirect = beforeRedirect ? callBoth(guardRedirect, beforeRedirect) : guardRedirect
    outcome = { response: await (isFollowedHere(request) ? sendAndFollow(request) : adapter(config)) }
  } catch (error) {
    outcome = { error }
  } finally {
    config.headers = headers
    config.data = data
    config.beforeRedirect = beforeRedirect as BeforeRedirect
    if (config.timeout !== timeout) Object.assign(config, { timeout, timeoutErrorMessage })
    if (config.fetchOptions !== fetchOptions) config.fetchOptions = fetchOptions as object
  }
  const response = 'error' in outcome ? getResponse(outcome.error) : outcome.response
  const isRejected = response?.status === 401 && (await isTokenRejected(response, sent))
  if ('error' in outcome) redactError(outcome.error, sent)
  else hideRequest(outcome.response, sent)
  return isRejected ? onTokenRejected(outcome) : unwrap(outcome)
}

export function unwrap(outcome: Outcome): AxiosResponse {
  if ('error' in outcome) throw outcome.error
  return outcome.response
}

/** Copies headers, of whichever build of Axios, into those of the imported one. The constructor would parse each again. */
export function copyHeaders(headers: AxiosHeaders): AxiosHeaders {
  return Object.assign(new AxiosHeaders(), headers)
}

export function getDeadline({ timeout }: InternalAxiosRequestConfig): number | undefined {
  return timeout ? performance.now() + Number(timeout) : undefined
}

/** Limits the attempt to the time that is left. The error of a time-out states the whole time. */
function limitTime(config: InternalAxiosRequestConfig, deadline: number): void {
  const left = Math.ceil(deadline - performance.now())
  if (left <= 0) throw timeoutError(config)
  if (left >= Number(config.timeout)) return
  config.timeoutErrorMessage = getTimeoutMessage(config)
  config.timeout = left
}

/** The error of Axios' adapters. */
export function timeoutError(config: InternalAxiosRequestConfig): AxiosError {
  const code = config.transitional?.clarifyTimeoutError ? 'ETIMEDOUT' : 'ECONNABORTED'
  return new AxiosError(getTimeoutMessage(config), code, config)
}

function getTimeoutMessage({ timeout, timeoutErrorMessage }: InternalAxiosRequestConfig): string {
  return timeoutErrorMessage || `timeout of ${timeout}ms exceeded`
}

type BeforeRedirect = NonNullable<InternalAxiosRequestConfig['beforeRedirect']>

/** Axios' http adapter keeps the token on redirects to subdomains, and to the token endpoint. */
export function createRedirectGuard(allowedOrigins: readonly string[]): BeforeRedirect {
  return ({ href, headers }: Record<string, unknown>) => {
    if (isAllowedUrl(String(href), allowedOrigins)) return
    for (const name in headers as Record<string, unknown>) {
      if (/^authorization$/i.test(name)) delete (headers as Record<string, unknown>)[name]
    }
  }
}

function callBoth(first: BeforeRedirect, second: BeforeRedirect): BeforeRedirect {
  return (...details) => {
    first(...details)
    second(...details)
  }
}

/** The fetch adapter has no `beforeRedirect`. In a browser no program can follow redirects, and the platform does it. */
function isFollowedHere({ adapter, config }: TokenRequest): boolean {
  const { redirect = 'follow' } = (config.fetchOptions ?? {}) as RequestInit
  const mayBeFetch = typeof config.adapter !== 'function' && !isHttpAdapter(adapter)
  return mayBeFetch && 'process' in globalThis && config.maxRedirects !== 0 && redirect === 'follow'
}

/** Follows at most 20 redirects. The platform would keep the token on each that stays in the origin. */
async function sendAndFollow({ config, adapter }: TokenRequest): Promise<AxiosResponse> {
  config.fetchOptions = { ...config.fetchOptions, redirect: 'manual' }
  let attempt = config
  for (let count = 0; count < 20; count += 1) {
    const outcome: Outcome = await adapter(attempt).then(
      (response) => ({ response }),
      (error: unknown) => ({ error }),
    )
    const next = followRedirect(attempt, 'error' in outcome ? getResponse(outcome.error) : outcome.response)
    if (next === undefined) return unwrap(outcome)
    attempt = next
  }
  return adapter(attempt)
}

function followRedirect(
  attempt: InternalAxiosRequestConfig,
  response: AxiosResponse | undefined,
): InternalAxiosRequestConfig | undefined {
  const from = response?.request as Request | undefined
  if (!response || from?.redirect !== 'manual') return undefined
  const redirect = getRedirect(from, { status: response.status, location: response.headers.location })
  if (!redirect?.becomesGet && !describeBody(attempt.data).isReplayable) return undefined
  if (redirect === undefined) return undefined
  const headers = copyHeaders(attempt.headers)
  if (!redirect.keepsToken) headers.delete('Authorization')
  if (redirect.becomesGet) headers.delete(['Content-Type', 'Content-Length'])
  const body = redirect.becomesGet && { method: 'get', data: undefined }
  return { ...attempt, url: redirect.url, baseURL: '', params: undefined, headers, ...body }
}

function getResponse(error: unknown): AxiosResponse | undefined {
  return (error as { readonly response?: AxiosResponse } | null | undefined)?.response
}
