import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { TestProject } from 'vitest/node'
import { bundle } from '../scripts/build.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))

/** Bundles the CLI from the sources as they are now, in a folder of its own, which is gone after the run. */
export async function setup(project: TestProject): Promise<() => void> {
  // Beside the sources, so that what is not bundled is found.
  const folder = mkdtempSync(join(root, 'node_modules/.pgrants-'))
  for (const name of ['bin', 'package.json'])
    cpSync(join(root, name), join(folder, name), { recursive: true })
  await bundle(folder)
  project.provide('pgrants', join(folder, 'bin', 'pgrants.cjs'))
  return () => rmSync(folder, { recursive: true, force: true })
}

declare module 'vitest' {
  export interface ProvidedContext {
    /** The CLI's bin, bundled from the sources. */
    pgrants: string
  }
}
