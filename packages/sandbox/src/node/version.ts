import nodeModule from 'node:module'

/** The version of this package. Resolved by name, since the path differs between the sources and the bundle. */
export const version: string = nodeModule.createRequire(import.meta.url)(
  '@particle-grants/sandbox/package.json',
).version
