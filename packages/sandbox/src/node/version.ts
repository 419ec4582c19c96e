import { createRequire } from 'node:module'

/** The version of this package. Resolved by name, since the path differs between the sources and the bundle. */
export const version: string = createRequire(import.meta.url)('@particle-grants/sandbox/package.json').version
