// Bundles the JavaScript of the packages: one file per entry point, with shared code in chunks beside them,
// or in the root's file.
// `node scripts/build.mjs` builds everything that runs; in a package's folder, that package.
// Declarations come from `tsc` in each package's `build` script: running the code needs none.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const root = fileURLToPath(new URL('..', import.meta.url))

/** Programs that are started by their path, so that no `exports` names them. */
const programs = { 'apps/demo': ['src/main.ts'] }

/**
 * Packages whose subpaths share one file with the root: importing a second file takes Node about as long as 30 kB more in
 * the first. The root's declarations name what is public; bundlers drop the rest.
 */
const singleFile = ['packages/core']

/** Bundles every package, the demo and the command line. */
export async function buildAll() {
  const packages = readdirSync(join(root, 'packages')).map((name) => `packages/${name}`)
  await Promise.all([...packages, 'apps/demo'].map(bundle))
  const cli = await import('../apps/cli/scripts/build.mjs')
  await cli.bundle(join(root, 'apps/cli'))
}

/** A `globalSetup` for tests that run programs from `dist`. Vitest calls it once per project; it builds once per run. */
export async function setup(project) {
  globalThis.particleGrantsBuild ??= buildAll()
  await globalThis.particleGrantsBuild
  project.onTestsRerun(buildAll)
}

/** Bundles one package into its `dist`. */
async function bundle(folder) {
  const directory = join(root, folder)
  const { exports = {} } = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'))
  const sources = Object.values(exports).flatMap((target) => target['@particle-grants/source'] ?? [])
  const entries = [...sources, ...(programs[folder] ?? [])]
  if (entries.length === 0) return
  rmSync(join(directory, 'dist'), { recursive: true, force: true })
  const options = {
    absWorkingDir: directory,
    bundle: true,
    packages: 'external',
    format: 'esm',
    platform: 'neutral',
    target: 'es2022',
    sourcemap: true,
    sourcesContent: false,
    logLevel: 'error',
  }
  const entryPoints = entries.map((entry) => entry.replace(/^\.\//, ''))
  const isSingle = singleFile.includes(folder)
  const several = { ...options, entryPoints, outbase: 'src', outdir: 'dist', splitting: true, metafile: true }
  const { metafile } = await build({ ...several, write: !isSingle })
  if (!isSingle) return
  const contents = entryPoints.map((entry) => `export * from './${entry}'`).join('\n')
  await build({ ...options, stdin: { contents, resolveDir: directory }, outfile: 'dist/index.js' })
  for (const [file, { entryPoint, exports: names }] of Object.entries(metafile.outputs)) {
    if (entryPoint === undefined || file === 'dist/index.js') continue
    const path = relative(dirname(file), 'dist/index.js').replaceAll('\\', '/')
    const root = path.startsWith('.') ? path : `./${path}`
    mkdirSync(join(directory, dirname(file)), { recursive: true })
    writeFileSync(join(directory, file), `export { ${names.join(', ')} } from '${root}'\n`)
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const folder = process.cwd().slice(root.length)
  await (folder === '' ? buildAll() : bundle(folder.replaceAll('\\', '/')))
}
