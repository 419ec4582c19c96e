// Bundles the CLI, with the sources of the workspace: few files load much faster than some four hundred.
// `node scripts/build.mjs`; the tests call `bundle` with a folder of their own.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Plugin } from '@oclif/core'
import { build } from 'esbuild'
import { licencesOf } from './licences.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const manifestName = 'oclif.manifest.json'

// Dependencies that are CommonJS ask for Node's own modules by `require`, which a module has not.
const banner = `import { createRequire as createRequireHere } from 'node:module'
import { fileURLToPath as toPathHere } from 'node:url'
const require = createRequireHere(import.meta.url), __filename = toPathHere(import.meta.url), __dirname = toPathHere(new URL('.', import.meta.url))`

/** What oclif asks for where a plugin is linked from its TypeScript sources. */
const neverLoaded = ['typescript', 'ts-node', 'tsx']

const notNeeded = join(root, 'scripts/not-needed.cjs')

/** Our own sources. */
const ours = /[\\/](?:packages|apps)[\\/][^\\/]+[\\/]src[\\/]/

/** Modules that most calls do not need, loaded on first use: ours import crypto, and oclif requires the others. */
const loadLater = {
  name: 'load-later',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^node:crypto$/ }, ({ importer }) =>
      ours.test(importer) ? { path: join(root, 'scripts/lazy-crypto.mjs') } : undefined,
    )
    onResolve({ filter: /^@oclif\/core$/ }, () => ({ path: join(root, 'scripts/oclif-core.cjs') }))
    onResolve({ filter: /^node:(child_process|perf_hooks|readline)$/ }, ({ path, importer }) =>
      importer.includes('@oclif') ? { path, namespace: 'load-later' } : undefined,
    )
    onLoad({ filter: /./, namespace: 'load-later' }, ({ path }) => ({
      contents: `module.exports = new Proxy({}, { get: (_, name) => process.getBuiltinModule('${path}')[name] })`,
    }))
  },
}

/**
 * For the parts that are CommonJS: what they import when it is needed is a file of the modules' part, so that they stay
 * small. `found` gets its name and path.
 */
const laterFrom = (found) => ({
  name: 'later',
  setup({ onResolve, resolve }) {
    onResolve({ filter: /./ }, async ({ path, kind, importer, resolveDir, pluginData }) => {
      if (kind !== 'dynamic-import' || pluginData === 'later' || !ours.test(importer)) return undefined
      const { path: file } = await resolve(path, { kind, importer, resolveDir, pluginData: 'later' })
      const name = basename(path, '.ts')
      found.set(name, file)
      return { path: `./${name}.js`, external: true }
    })
  },
})

const options = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  conditions: ['@particle-grants/source'],
  // They come from npm: one is native, the other reads its WebAssembly from a file beside it.
  external: ['@napi-rs/keyring', 'jq-wasm', ...neverLoaded],
  alias: { minimatch: notNeeded, tinyglobby: notNeeded },
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
  metafile: true,
  logLevel: 'error',
}

/** The parts that `bin/part.cjs` chooses: each is one file that needs no framework. */
const parts = ['quick', 'help', 'complete']

const quick = {
  ...options,
  entryPoints: Object.fromEntries(parts.map((name) => [name, join(root, `src/${name}.ts`)])),
  format: 'cjs',
  outExtension: { '.js': '.cjs' },
  define: { 'import.meta.dirname': '__dirname' },
  minifyIdentifiers: true,
}

const whole = {
  ...options,
  entryPoints: { 'run-cli': join(root, 'src/run-cli.ts'), commands: join(root, 'src/commands.ts') },
  splitting: true,
  format: 'esm',
  banner: { js: banner },
  plugins: [loadLater],
}

/**
 * Bundles into the folder `dist` of a package's, which is emptied first, and lists the commands beside it for oclif.
 * Tests add entry points of their own.
 */
export async function bundle(folder, ownEntryPoints = {}) {
  const outdir = join(folder, 'dist')
  rmSync(outdir, { recursive: true, force: true })
  rmSync(join(folder, manifestName), { force: true })
  const later = new Map()
  const builds = [await build({ ...quick, outdir, plugins: [loadLater, laterFrom(later)] })]
  const entryPoints = { ...whole.entryPoints, ...Object.fromEntries(later), ...ownEntryPoints }
  builds.push(await build({ ...whole, outdir, entryPoints }))
  const inputs = new Set(builds.flatMap(({ metafile }) => Object.keys(metafile.inputs)))
  writeFileSync(join(outdir, 'third-party-notices.txt'), licencesOf([...inputs], root))
  const manifest = await createManifest(folder)
  writeFileSync(join(folder, manifestName), JSON.stringify(manifest))
  await writeManPages(join(folder, 'man'), manifest)
}

/** Writes the man pages. Their generator is TypeScript, and needs nothing but the manifest. */
async function writeManPages(folder, manifest) {
  const { outputFiles } = await build({
    ...options,
    entryPoints: ['src/help/man.ts'],
    format: 'esm',
    write: false,
  })
  const { createManPages } = await import(`data:text/javascript,${encodeURIComponent(outputFiles[0].text)}`)
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder)
  const pkg = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  for (const [name, text] of createManPages(manifest, pkg)) writeFileSync(join(folder, name), text)
}

/** What oclif would find out about the commands at each start, by loading them all. */
async function createManifest(folder) {
  const plugin = new Plugin({ root: folder, type: 'core', ignoreManifest: true, errorOnManifestCreate: true })
  await plugin.load()
  return plugin.manifest
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await bundle(root)
