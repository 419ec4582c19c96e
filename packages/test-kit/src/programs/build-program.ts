import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { atEnd } from './at-end.ts'

const built = new Map<string, Promise<string>>()

/**
 * Bundles a test program with the workspace's sources into one file that any Node runs. No build has to run before.
 * Each program is bundled once per test file. The file is readable for every user, and removed when this process ends.
 */
export function buildProgram(source: URL): Promise<string> {
  const program = built.get(source.href) ?? bundle(fileURLToPath(source))
  built.set(source.href, program)
  return program
}

async function bundle(entryPoint: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'particle-grants-program-'))
  chmodSync(folder, 0o755)
  atEnd(() => rmSync(folder, { recursive: true, force: true }))
  const outfile = join(folder, 'program.mjs')
  await build({
    entryPoints: [entryPoint],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    conditions: ['@particle-grants/source'],
    // CommonJS dependencies load Node's modules with `require`, which an ES module does not have.
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
    logLevel: 'error',
  })
  return outfile
}
