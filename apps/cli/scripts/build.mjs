// Bundles the CLI with the sources of the workspace, because few files load much faster than four hundred. Tests call
// `bundle` with another folder.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Plugin } from '@oclif/core'
import { build } from 'esbuild'
import { renderPages, toManPage } from './help.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))

// CommonJS dependencies call `require` for Node's own modules, which an ES module does not have.
const banner = `import { createRequire as createRequireHere } from 'node:module'
import { fileURLToPath as toPathHere } from 'node:url'
const require = createRequireHere(import.meta.url), __filenameHere = toPathHere(import.meta.url), __dirnameHere = toPathHere(new URL('.', import.meta.url))`

/** What `main.cjs` imports dynamically: files of the ESM part, so that `main.cjs` remains small. */
const later = {
  'run-cli': 'src/run-cli.ts',
  'describe-error': '../../packages/plugin-auth/src/errors/describe-error.ts',
  reference: '../../packages/reference/src/index.ts',
  'store-keyring': '../../packages/store-keyring/src/index.ts',
}

/** Loads less of `main.cjs` at start: what it imports dynamically, and two of Node's modules, only on first use. */
const loadLater = {
  name: 'load-later',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /./ }, ({ path, kind }) => {
      return kind === 'dynamic-import' ? { path: `./${basename(path, '.ts')}.js`, external: true } : undefined
    })
    onResolve({ filter: /^node:(?:crypto|tty)$/ }, ({ path }) => ({ path, namespace: 'builtin' }))
    onLoad({ filter: /./, namespace: 'builtin' }, ({ path }) => {
      const handler = `{ get: (_, key) => process.getBuiltinModule('${path}')[key] }`
      // A prototype, because esbuild copies the properties of a CommonJS module when a module imports it.
      return { contents: `module.exports = Object.create(new Proxy({}, ${handler}))` }
    })
  },
}

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
  const main = await build({
    ...options,
    outdir,
    entryPoints: ['src/main.ts'],
    format: 'cjs',
    outExtension: { '.js': '.cjs' },
    define: { 'import.meta.dirname': '__dirname' },
    minifyIdentifiers: true,
    plugins: [loadLater],
  })
  const whole = await build({
    ...options,
    outdir,
    entryPoints: { ...later, commands: 'src/commands.ts', ...extraEntryPoints },
    splitting: true,
    format: 'esm',
    // Under other names, because a bundled module may declare these itself.
    define: { __dirname: '__dirnameHere', __filename: '__filenameHere' },
    banner: { js: banner },
  })
  const imports = Object.values(main.metafile.outputs).flatMap((output) => output.imports.map(({ path }) => path))
  const missing = imports.find((path) => path.startsWith('./') && !Object.hasOwn(later, basename(path, '.js')))
  if (missing) throw new Error(`main.cjs imports ${missing}: add it to \`later\``)
  const inputs = Object.keys({ ...main.metafile.inputs, ...whole.metafile.inputs })
  writeFileSync(join(outdir, 'third-party-notices.txt'), formatNotices(inputs))
  await describeCommands(folder)
}

/** Returns the licences of the bundled packages, which must be distributed with them. */
function formatNotices(inputs) {
  const folders = new Set(inputs.flatMap((file) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? []))
  const notices = [...folders].map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'))
    if (!license) throw new Error(`${name} has no licence`)
    const file = readdirSync(join(root, folder)).find((entry) => /^licen[cs]e/i.test(entry))
    return `${name} ${version} (${license})\n\n${file ? readFileSync(join(root, folder, file), 'utf8').trim() : ''}`
  })
  return notices.sort().join(`\n${'-'.repeat(80)}\n`)
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
