import type { Sandbox } from '../sandbox.ts'
import type { SandboxState } from '../state/state.ts'
import { decodePercent, type ParsedRequest } from './request.ts'
import type { HttpResponse } from './response.ts'

/** What a handler gets. */
export interface Context {
  readonly sandbox: Sandbox
  readonly state: SandboxState
  readonly request: ParsedRequest
  /** The parameters of the path. */
  readonly params: Readonly<Record<string, string>>
}

/** A handler of the requests with this method and path. */
export interface Route<R = HttpResponse> {
  readonly method: string
  readonly path: RegExp
  readonly handle: (context: Context) => R
}

/**
 * Creates a route. A path such as `/v1/devices/:id` has parameters, and a slash at the end of the request's path is
 * ignored. The method `*` matches all methods.
 */
export function route<R = HttpResponse>(method: string, path: string, handle: Route<R>['handle']): Route<R> {
  const pattern = path.replace(/:(\w+)/g, '(?<$1>[^/]+)')
  return { method, path: new RegExp(`^${pattern}/?$`), handle }
}

/** Calls the first route that matches. `HEAD` is handled like `GET`. */
export function callRoute<R>(
  routes: readonly Route<R>[],
  request: ParsedRequest,
  { sandbox, state }: Pick<Context, 'sandbox' | 'state'>,
): R | undefined {
  const method = request.method === 'HEAD' ? 'GET' : request.method
  for (const candidate of routes) {
    const match = candidate.path.exec(request.path)
    if (!match || (candidate.method !== method && candidate.method !== '*')) continue
    return candidate.handle({ sandbox, state, request, params: decodeParams(match.groups) })
  }
  return undefined
}

function decodeParams(groups: Record<string, string> | undefined): Record<string, string> {
  if (groups === undefined) return {}
  return Object.fromEntries(Object.entries(groups).map(([name, value]) => [name, decodePercent(value)]))
}
