import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { onProcessEnd } from './on-process-end.ts'

const built = new Map<string, Promise<string>>()

/**
 * Bundles a test program from the workspace's sources and returns a file that any Node runs. No build has to run before.
 * Each program is bundled once per test file. Every user can read it; it is removed when this process ends.
 */
export function buildProgram(source: URL): Promise<string> {
  const program = built.get(source.href) ?? bundle(fileURLToPath(source))
  built.set(source.href, program)
  return program
}

async function bundle(entryPoint: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'particle-grants-program-'))
  chmodSync(folder, 0o755)
  onProcessEnd(() => rmSync(folder, { recursive: true, force: true }))
  await build({
    entryPoints: [entryPoint],
    outdir: folder,
    entryNames: 'program',
    outExtension: { '.js': '.mjs' },
    bundle: true,
    // A dynamic import becomes a separate file, which a program loads only if it needs it.
    splitting: true,
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
  return join(folder, 'program.mjs')
}
