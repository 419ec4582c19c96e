// Bundles the CLI with the sources of the workspace, because few files load much faster than four hundred. Tests call
// `bundle` with another folder.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Plugin } from '@oclif/core'
import { build } from 'esbuild'
import { formatNotices } from './licences.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const manifestName = 'oclif.manifest.json'

// CommonJS dependencies call `require` for Node's own modules, which an ES module does not have.
const banner = `import { createRequire as createRequireHere } from 'node:module'
import { fileURLToPath as toPathHere } from 'node:url'
const require = createRequireHere(import.meta.url), __filename = toPathHere(import.meta.url), __dirname = toPathHere(new URL('.', import.meta.url))`

/** oclif requires them only for a plugin that is linked from its TypeScript sources. */
const neverLoaded = ['typescript', 'ts-node', 'tsx']

/** Our own sources. */
const ours = /[\\/](?:packages|apps)[\\/][^\\/]+[\\/]src[\\/]/

/** Modules that are replaced in the bundle, because loading them takes long and most commands do not need them. */
const replaced = {
  // The index loads everything. Commands use these three.
  '@oclif/core': `module.exports = {
    Args: require('@oclif/core/args'),
    Command: require('@oclif/core/command').Command,
    Flags: require('@oclif/core/flags'),
  }`,
  // oclif finds command files with them. Ours are listed.
  minimatch: 'module.exports = {}',
  tinyglobby: 'module.exports = {}',
  'node:child_process': loadOnFirstUse('node:child_process'),
  'node:crypto': loadOnFirstUse('node:crypto'),
  'node:perf_hooks': loadOnFirstUse('node:perf_hooks'),
  'node:readline': loadOnFirstUse('node:readline'),
}

/** A prototype, because esbuild copies the properties of a CommonJS module when a module imports it. */
function loadOnFirstUse(name) {
  const handler = `{ get: (_, key) => process.getBuiltinModule('${name}')[key] }`
  return `module.exports = Object.create(new Proxy({}, ${handler}))`
}

const replaceModules = {
  name: 'replace-modules',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /./ }, ({ path, kind, importer }) => {
      // A dynamic import loads on first use anyway.
      if (kind === 'dynamic-import' || !Object.hasOwn(replaced, path)) return undefined
      const isOurs = ours.test(importer) || importer.includes('@oclif')
      return isOurs ? { path, namespace: 'replaced' } : undefined
    })
    onLoad({ filter: /./, namespace: 'replaced' }, ({ path }) => ({
      contents: replaced[path],
      resolveDir: root,
    }))
  },
}

/**
 * Makes what a CommonJS part imports dynamically a file of the ESM part, so that the CommonJS part remains small. Adds its
 * name and path to `found`.
 */
const externalizeImports = (found) => ({
  name: 'externalize-imports',
  setup({ onResolve, resolve }) {
    onResolve({ filter: /./ }, async ({ path, kind, importer, resolveDir, pluginData }) => {
      if (kind !== 'dynamic-import' || pluginData === 'resolving' || !ours.test(importer)) return undefined
      const { path: file } = await resolve(path, { kind, importer, resolveDir, pluginData: 'resolving' })
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
  plugins: [replaceModules],
}

/** Bundles into the `dist` of a package's folder, after emptying it, and writes the manifest and the man pages beside it. */
export async function bundle(folder, extraEntryPoints = {}) {
  const outdir = join(folder, 'dist')
  rmSync(outdir, { recursive: true, force: true })
  rmSync(join(folder, manifestName), { force: true })
  const later = new Map()
  const builds = [await build({ ...quick, outdir, plugins: [replaceModules, externalizeImports(later)] })]
  const entryPoints = { ...whole.entryPoints, ...Object.fromEntries(later), ...extraEntryPoints }
  builds.push(await build({ ...whole, outdir, entryPoints }))
  const inputs = new Set(builds.flatMap(({ metafile }) => Object.keys(metafile.inputs)))
  writeFileSync(join(outdir, 'third-party-notices.txt'), formatNotices([...inputs], root))
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

/** Returns what oclif would otherwise find out at each start by loading all commands. */
async function createManifest(folder) {
  const plugin = new Plugin({ root: folder, type: 'core', ignoreManifest: true, errorOnManifestCreate: true })
  await plugin.load()
  return plugin.manifest
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await bundle(root)
