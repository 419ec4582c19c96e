import type { ApiRequest } from './request.ts'
import { type ApiResponse, isSuccess, parseBody } from './response.ts'

/**
 * Sends a request and, with `paginate`, the same request for each further page, until one fails. Particle's lists take
 * `page` and `per_page`, and return `meta.total_pages` (the types of particle-api-js 12.0.3, `PaginationMeta`). Every page
 * has the path of the first one, so the token stays at its server.
 */
export async function* sendPages(
  request: ApiRequest,
  { paginate, send }: { readonly paginate: boolean; readonly send: (request: ApiRequest) => Promise<ApiResponse> },
): AsyncGenerator<ApiResponse> {
  let next = request
  for (;;) {
    const response = await send(next)
    yield response
    const { path } = next
    const page = getPage(path)
    if (!paginate || !isSuccess(response) || page >= getTotalPages(response)) return
    next = { ...request, path: setPage(path, page + 1) }
  }
}

function getTotalPages(response: ApiResponse): number {
  const { meta } = (parseBody(response) ?? {}) as { meta?: { total_pages?: unknown } | null }
  const total = meta?.total_pages
  return typeof total === 'number' ? total : 0
}

function getPage(path: string): number {
  const page = Number(new URLSearchParams(path.split('?')[1]).get('page') ?? 1)
  return Number.isInteger(page) ? page : Number.POSITIVE_INFINITY
}

function setPage(path: string, page: number): string {
  const [pathname = '', query] = path.split('?')
  const parameters = new URLSearchParams(query)
  parameters.set('page', String(page))
  return `${pathname}?${parameters}`
}
