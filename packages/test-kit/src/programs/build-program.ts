import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { atEnd } from './at-end.ts'

/**
 * Bundles a program of a test, with the sources of the workspace and without a build before, into a file that any
 * Node runs. The file is removed when this process ends; any user may read it.
 */
export async function buildProgram(source: URL): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'particle-grants-program-'))
  chmodSync(folder, 0o755)
  atEnd(() => rmSync(folder, { recursive: true, force: true }))
  const outfile = join(folder, 'program.mjs')
  await build({
    entryPoints: [fileURLToPath(source)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    conditions: ['@particle-grants/source'],
    // CommonJS dependencies load Node's own modules with `require`, which does not exist in a module. The name of the
    // import must not collide with an import of the program.
    banner: {
      js: "import { createRequire as createBannerRequire } from 'node:module'; const require = createBannerRequire(import.meta.url);",
    },
    logLevel: 'error',
  })
  return outfile
}
