import { getRedirect, isAllowedUrl } from '@particle-grants/core/protocol'
import type { AxiosResponse, InternalAxiosRequestConfig } from 'axios'
import { type AxiosAdapter, AxiosError, AxiosHeaders } from 'axios'
import { isReplayable } from './body.ts'
import { isHttpAdapter } from './destination.ts'
import { hideRequest, redactError } from './redact-error.ts'
import { isTokenRejected } from './token-rejection.ts'

export interface TokenRequest {
  readonly config: InternalAxiosRequestConfig
  readonly adapter: AxiosAdapter
  readonly guardRedirect: BeforeRedirect
  /** When the request's own `timeout` ends, by `performance.now()`. It includes waiting and the replay. */
  readonly deadline: number | undefined
  /** Whether some of that time has passed. */
  hasWaited: boolean
}

/** How an attempt ended. An error may contain a response. */
export type Outcome = PromiseSettledResult<AxiosResponse>

/**
 * Sends the request once with this token. The config is the caller's: it contains the token only while the request is in
 * progress. `onTokenRejected` decides what happens if the API rejects the token.
 */
export async function sendOnce(
  request: TokenRequest,
  token: string,
  onTokenRejected: (outcome: Outcome) => AxiosResponse | Promise<AxiosResponse>,
): Promise<AxiosResponse> {
  const { config, adapter, deadline, guardRedirect } = request
  const { headers, timeout, timeoutErrorMessage, beforeRedirect } = config
  const sent = { config, token }
  let outcome: Outcome
  try {
    if (request.hasWaited && deadline) limitTime(config, deadline)
    config.headers = copyHeaders(headers)
    config.headers.Authorization = `Bearer ${token}`
    config.beforeRedirect = !beforeRedirect
      ? guardRedirect
      : (...details) => {
          guardRedirect(...details)
          beforeRedirect(...details)
        }
    const value = await (isFollowedHere(request) ? sendAndFollow(request) : adapter(config))
    outcome = { status: 'fulfilled', value }
  } catch (reason) {
    outcome = { status: 'rejected', reason }
  } finally {
    config.headers = headers
    config.beforeRedirect = beforeRedirect as BeforeRedirect
    if (config.timeout !== timeout) Object.assign(config, { timeout, timeoutErrorMessage })
  }
  const response = getResponse(outcome)
  const isRejected = response?.status === 401 && (await isTokenRejected(response, sent))
  if (outcome.status === 'rejected') redactError(outcome.reason, sent)
  else hideRequest(outcome.value, sent)
  return isRejected ? onTokenRejected(outcome) : unwrap(outcome)
}

export function unwrap(outcome: Outcome): AxiosResponse {
  if (outcome.status === 'rejected') throw outcome.reason
  return outcome.value
}

function getResponse(outcome: Outcome): AxiosResponse | undefined {
  return outcome.status === 'fulfilled' ? outcome.value : outcome.reason?.response
}

/** Copies headers, of whichever build of Axios, into those of the imported one. The constructor would parse each again. */
export function copyHeaders(headers: AxiosHeaders): AxiosHeaders {
  return Object.assign(new AxiosHeaders(), headers)
}

/** Limits the attempt to the time that is left. The error of a time-out states the whole time. */
function limitTime(config: InternalAxiosRequestConfig, deadline: number): void {
  const left = Math.ceil(deadline - performance.now())
  if (left <= 0) throw timeoutError(config)
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
    if (!isAllowedUrl(String(href), allowedOrigins)) delete (headers as AxiosHeaders).Authorization
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
  let attempt: InternalAxiosRequestConfig = {
    ...config,
    fetchOptions: { ...config.fetchOptions, redirect: 'manual' },
  }
  for (let count = 0; ; count += 1) {
    const [outcome] = await Promise.allSettled([adapter(attempt)])
    const next = count < 20 ? redirect(attempt, getResponse(outcome)) : undefined
    if (next === undefined) return unwrap(outcome)
    attempt = { ...attempt, ...next }
  }
}

/** Returns what changes for the next attempt, if there is one. A stream can be sent only once. */
function redirect(
  { data, headers: previous }: InternalAxiosRequestConfig,
  response: AxiosResponse | undefined,
): Partial<InternalAxiosRequestConfig> | undefined {
  const from = response?.request as Request | undefined
  if (!response || from?.redirect !== 'manual') return undefined
  const {
    status,
    headers: { location },
  } = response
  const next = getRedirect(from, { status, location })
  if (!next || !(next.becomesGet || isReplayable(data))) return undefined
  const headers = copyHeaders(previous)
  if (!next.keepsToken) headers.delete('Authorization')
  if (next.becomesGet) headers.delete(['Content-Type', 'Content-Length'])
  const changed = { url: next.url, baseURL: '', params: undefined, headers }
  return next.becomesGet ? { ...changed, method: 'get', data: undefined } : changed
}
