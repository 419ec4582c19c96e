import { buildAll } from '../../../scripts/build.mjs'

// Global, because vitest loads a `globalSetup` once per project.
const shared = globalThis as { particleGrantsBuild?: Promise<void> }

/** A `globalSetup` for projects whose tests run programs from `dist`: builds the packages from the current sources. */
export function setup(): Promise<void> {
  shared.particleGrantsBuild ??= buildAll()
  return shared.particleGrantsBuild
}
