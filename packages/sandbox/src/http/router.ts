import type { ParsedRequest } from './request.ts'
import type { HttpResponse } from './response.ts'

/** What a handler gets: the request, the parameters of its path, and what the routes work on. */
export type Context<Dependencies> = Dependencies & {
  readonly request: ParsedRequest
  readonly params: Readonly<Record<string, string>>
}

/** A handler of the requests with this method and path. */
export interface Route<Dependencies> {
  readonly method: string
  readonly path: RegExp
  readonly handle: (context: Context<Dependencies>) => HttpResponse
}

/**
 * Creates a route. A path such as `/v1/devices/:id` has parameters, and a slash at the end of the request's path is
 * ignored. The method `*` matches all methods.
 */
export function route<Dependencies>(
  method: string,
  path: string,
  handle: Route<Dependencies>['handle'],
): Route<Dependencies> {
  const pattern = path.replace(/:(\w+)/g, '(?<$1>[^/]+)')
  return { method, path: new RegExp(`^${pattern}/?$`), handle }
}

/** Calls the first route that matches. `HEAD` is handled like `GET`. */
export function callRoute<Dependencies>(
  routes: readonly Route<Dependencies>[],
  request: ParsedRequest,
  dependencies: Dependencies,
): HttpResponse | undefined {
  const method = request.method === 'HEAD' ? 'GET' : request.method
  for (const candidate of routes) {
    const match = candidate.path.exec(request.path)
    if (!match || (candidate.method !== method && candidate.method !== '*')) continue
    return candidate.handle({ ...dependencies, request, params: decodeParams(match.groups) })
  }
  return undefined
}

function decodeParams(groups: Record<string, string> | undefined): Record<string, string> {
  if (groups === undefined) return {}
  return Object.fromEntries(Object.entries(groups).map(([name, value]) => [name, decode(value)]))
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}
