// @ts-expect-error -- a script of the repository without type declarations
import { buildAll } from '../../../scripts/build.mjs'

let build: Promise<void> | undefined

/** A `globalSetup` for projects whose tests run programs from `dist`: builds them from the sources of this moment. */
export function setup(): Promise<void> {
  build ??= buildAll() as Promise<void>
  return build
}
