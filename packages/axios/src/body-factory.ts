import type { AxiosAdapter, InternalAxiosRequestConfig } from 'axios'
import { hideWhatLeadsToSockets } from './clean-error.ts'
import { type Waiting, waitFor } from './waiting.ts'

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

/** What a function makes for the body, within the call's own limits. What comes too late is thrown away. */
export async function makeBody(
  make: () => unknown,
  { config, deadline }: Pick<Waiting, 'config' | 'deadline'>,
): Promise<unknown> {
  const making = (async () => make())()
  try {
    return await waitFor(making, { config, deadline, longest: Number.POSITIVE_INFINITY })
  } catch (error) {
    making.then(discard, () => {})
    hideWhatLeadsToSockets(config)
    throw error
  }
}

/** Closes a stream that was made for a sending that does not come. */
export function discard(body: unknown): void {
  if (typeof body !== 'object' || body === null) return
  if ('destroy' in body && typeof body.destroy === 'function') body.destroy()
  else if (typeof ReadableStream === 'function' && body instanceof ReadableStream)
    body.cancel().catch(() => {})
}

/**
 * Notes what a config's headers say of the body. Axios' Node adapter writes length and type into them: what they say
 * of one body must not stay for the next. Gives the function that puts them back.
 */
export function keepBodyHeaders({ headers }: InternalAxiosRequestConfig): () => void {
  const noted = ['Content-Length', 'Content-Type'].map((name) => [name, headers.get(name)] as const)
  return () => {
    for (const [name, value] of noted) {
      headers.delete(name)
      if (value !== undefined && value !== null) headers.set(name, value)
    }
  }
}
