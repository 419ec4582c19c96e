// Bundles the CLI with the sources of the workspace, because few files load much faster than four hundred. Tests call
// `bundle` with another folder.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Plugin } from '@oclif/core'
import { build } from 'esbuild'
import { renderPages, toManPage } from './help.mjs'
import { formatNotices } from './licences.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))

// CommonJS dependencies call `require` for Node's own modules, which an ES module does not have.
const banner = `import { createRequire as createRequireHere } from 'node:module'
import { fileURLToPath as toPathHere } from 'node:url'
const require = createRequireHere(import.meta.url), __filename = toPathHere(import.meta.url), __dirname = toPathHere(new URL('.', import.meta.url))`

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
    onLoad({ filter: /./, namespace: 'replaced' }, ({ path }) => ({ contents: replaced[path], resolveDir: root }))
  },
}

/**
 * Makes what `main.cjs` imports dynamically a file of the ESM part, so that `main.cjs` remains small. Adds its name and
 * path to `found`.
 */
const externalizeImports = (found) => ({
  name: 'externalize-imports',
  setup({ onResolve, resolve }) {
    onResolve({ filter: /./ }, async ({ path, kind, importer, resolveDir, pluginData }) => {
      if (kind !== 'dynamic-import' || pluginData === 'resolving' || !ours.test(importer)) return undefined
      const { path: file } = await resolve(path, { kind, importer, resolveDir, pluginData: 'resolving' })
      const name = basename(path, '.ts')
      found[name] = file
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
  // The first two come from npm: one is native, the other reads its WebAssembly from a file beside it. oclif requires the
  // others only for a plugin that is linked from its TypeScript sources.
  external: ['@napi-rs/keyring', 'jq-wasm', 'typescript', 'ts-node', 'tsx'],
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
  metafile: true,
  logLevel: 'error',
}

/** Bundles into the `dist` of a package's folder, after emptying it, and writes manifest, help and man pages. */
export async function bundle(folder, extraEntryPoints = {}) {
  const outdir = join(folder, 'dist')
  rmSync(outdir, { recursive: true, force: true })
  rmSync(join(folder, 'oclif.manifest.json'), { force: true })
  const later = {}
  const main = await build({
    ...options,
    outdir,
    entryPoints: ['src/main.ts'],
    format: 'cjs',
    outExtension: { '.js': '.cjs' },
    define: { 'import.meta.dirname': '__dirname' },
    minifyIdentifiers: true,
    plugins: [replaceModules, externalizeImports(later)],
  })
  const whole = await build({
    ...options,
    outdir,
    entryPoints: { ...later, commands: join(root, 'src/commands.ts'), ...extraEntryPoints },
    splitting: true,
    format: 'esm',
    banner: { js: banner },
    plugins: [replaceModules],
  })
  const inputs = Object.keys({ ...main.metafile.inputs, ...whole.metafile.inputs })
  writeFileSync(join(outdir, 'third-party-notices.txt'), formatNotices(inputs, root))
  await describeCommands(folder)
}

/** Writes what oclif would otherwise find out at each start by loading all commands: the manifest, help and man pages. */
async function describeCommands(folder) {
  const plugin = new Plugin({ root: folder, type: 'core', ignoreManifest: true, errorOnManifestCreate: true })
  await plugin.load()
  writeFileSync(join(folder, 'oclif.manifest.json'), JSON.stringify(plugin.manifest))
  writeFileSync(join(folder, 'dist/help.json'), JSON.stringify(await renderPages(folder, 80)))
  const man = join(folder, 'man')
  rmSync(man, { recursive: true, force: true })
  mkdirSync(man)
  // man indents each page.
  for (const [id, page] of Object.entries(await renderPages(folder, 72))) {
    const [name, text] = toManPage(id, page, plugin.version)
    writeFileSync(join(man, name), text)
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await bundle(root)
