import { attachSession } from '@particle-grants/axios'
import axios, { type AxiosInstance } from 'axios'
import type { AnySession } from '../connection/connection.ts'
import { platformFetch } from './network-fetch.ts'

/** What an instance is made for. */
export interface HttpOptions {
  readonly session: AnySession
  readonly baseUrl: string
  readonly userAgent: string
}

/**
 * An Axios instance with the session attached. It sends through `fetch`, as core does: one way through proxies, and
 * follow-redirects, which prints headers under `DEBUG`, has no part in it.
 */
export function createHttp({ session, baseUrl, userAgent }: HttpOptions): AxiosInstance {
  const instance = axios.create({
    baseURL: baseUrl,
    adapter: 'fetch',
    env: { fetch: platformFetch },
    headers: { 'User-Agent': userAgent },
    timeout: 30_000,
  })
  attachSession(instance, session)
  return instance
}
