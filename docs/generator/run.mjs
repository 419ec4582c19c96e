// Runs the generator. Node 20 can't run TypeScript, so it is bundled first, with the sources of the workspace: nothing has
// to be built before. `write` writes the pages, `check` says which are stale, `api` makes the API pages.
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'

const docs = fileURLToPath(new URL('..', import.meta.url))
// In node_modules, so that what is not bundled is found from there.
const folder = mkdtempSync(join(docs, 'node_modules', '.generator-'))
try {
  const outfile = join(folder, 'main.mjs')
  await build({
    entryPoints: [join(docs, 'generator', 'main.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    conditions: ['@particle-grants/source'],
    external: ['typedoc', 'typedoc-plugin-markdown', '@observablehq/plot', 'linkedom'],
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
    logLevel: 'error',
  })
  const { main } = await import(pathToFileURL(outfile).href)
  process.exitCode = await main(process.argv.slice(2), docs)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
