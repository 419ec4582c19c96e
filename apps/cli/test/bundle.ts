import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { TestProject } from 'vitest/node'
import { bundle } from '../scripts/build.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))

/** Bundles the CLI from the current sources into a separate folder. Returns the function that removes it. */
export async function setup(project: TestProject): Promise<() => void> {
  // Below the app, because the bundle imports dependencies from its node_modules.
  const folder = mkdtempSync(join(root, 'node_modules/.pgrants-'))
  for (const name of ['bin', 'package.json']) cpSync(join(root, name), join(folder, name), { recursive: true })
  const programs = ['program', 'command-server'].map((name) => [name, join(root, `test/${name}.ts`)])
  const bundleAll = () => bundle(folder, Object.fromEntries(programs))
  await bundleAll()
  // In watch mode, each run tests the sources of its moment.
  project.onTestsRerun(bundleAll)
  project.provide('pgrants', join(folder, 'bin', 'pgrants.cjs'))
  project.provide('program', join(folder, 'dist', 'program.js'))
  project.provide('commandServer', join(folder, 'dist', 'command-server.js'))
  return () => rmSync(folder, { recursive: true, force: true })
}

declare module 'vitest' {
  export interface ProvidedContext {
    /** The CLI's bin, bundled from the sources. */
    pgrants: string
    /** The same as a module, which exports what `program.ts` does. */
    program: string
    /** A program that runs many commands in one process. */
    commandServer: string
  }
}
