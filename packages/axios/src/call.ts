import type { AxiosAdapter, InternalAxiosRequestConfig } from 'axios'
import type { Body } from './body.ts'

/** A request that gets a token. */
export interface Call {
  readonly config: InternalAxiosRequestConfig
  readonly adapter: AxiosAdapter
  /** The allowed origin that it goes to. */
  readonly origin: string
  /** When its own `timeout` is over, by `performance.now()`. */
  readonly deadline: number | undefined
  /** What is known of its body; `undefined` for the simple ones. */
  readonly body: Body | undefined
  /** The body as the caller gave it. */
  readonly data: unknown
}
