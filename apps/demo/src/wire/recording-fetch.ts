import type { Recorder } from './exchange.ts'

/** What the demo and core call `fetch` with. */
export interface SentInit {
  method?: string
  headers?: { [name: string]: string }
  body?: string
  redirect?: 'manual'
  signal?: AbortSignal
}

/** A `fetch` that tells of every exchange; core takes it as its own. */
export type RecordingFetch = (url: string, init?: SentInit) => Promise<Response>

/** The platform's `fetch`, with a look at what goes through it. */
export function recordingFetch(record: Recorder): RecordingFetch {
  return async (url, init = {}) => {
    const response = await fetch(url, init)
    const { method = 'GET', headers = {}, body = '' } = init
    const { status, statusText } = response
    const answer = await response.clone().text()
    record({ method, path: new URL(url).pathname, headers, body, status, statusText, answer })
    return response
  }
}
