import { invalidArgument } from '@particle-grants/core/protocol'

/** A product, by its id or slug. */
export interface ProductOwner {
  readonly product: number | string
  readonly organization?: undefined
}

/** Whose API users: a product's, by its id or slug, or an organization's, by its id or slug. */
export type TeamOwner = ProductOwner | { readonly organization: string; readonly product?: undefined }

export function productPath({ product }: ProductOwner): string {
  return `/v1/products/${checkSlug('product', product)}`
}

export function teamPath({ product, organization }: TeamOwner): string {
  if ((product === undefined) === (organization === undefined)) {
    throw invalidArgument('product', 'or organization must be given, and not both')
  }
  const owner = product === undefined ? `/v1/orgs/${checkSlug('organization', organization)}` : productPath({ product })
  return `${owner}/team`
}

export function clientsPath({ product }: { readonly product?: number | string | undefined }): string {
  return product === undefined ? '/v1/clients' : `${productPath({ product })}/clients`
}

/** Encodes a name as one segment of a path. `.` and `..` would change the path that is called. */
export function pathSegment(parameter: string, name: string): string {
  if (typeof name !== 'string' || !/^[^\s\p{Cc}\p{Cs}]+$/u.test(name) || /^\.{1,2}$/.test(name)) {
    throw invalidArgument(parameter, 'must be a non-empty string without spaces and control characters')
  }
  return encodeURIComponent(name)
}

function checkSlug(parameter: string, value: unknown): string {
  if (!/^[a-z0-9][\w-]*$/i.test(`${value || ''}`)) throw invalidArgument(parameter, 'must be an id or a slug')
  return `${value}`
}

/** Checks a name for people. */
export function checkName(name: string): string {
  if (typeof name !== 'string' || !/^[^\p{Cc}]*[^\p{Cc}\s][^\p{Cc}]*$/u.test(name)) {
    throw invalidArgument('name', 'must be a non-empty string without control characters')
  }
  return name
}
