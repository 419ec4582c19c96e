// Bundles the CLI, with the sources of the workspace: few files load much faster than some four hundred.
// `node scripts/build.mjs`; the tests call `bundle` with a folder of their own.
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { licencesOf } from './licences.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))

// Dependencies that are CommonJS ask for Node's own modules by `require`, which a module has not.
const banner = `import { createRequire as createRequireHere } from 'node:module'
import { fileURLToPath as toPathHere } from 'node:url'
const require = createRequireHere(import.meta.url), __filename = toPathHere(import.meta.url), __dirname = toPathHere(new URL('.', import.meta.url))`

/** What oclif asks for where a plugin is linked from its TypeScript sources. */
const neverLoaded = ['typescript', 'ts-node', 'tsx']

/** For our own sources only: others may want more of it. */
const cryptoWhenNeeded = {
  name: 'crypto-when-needed',
  setup({ onResolve }) {
    onResolve({ filter: /^node:crypto$/ }, ({ importer }) =>
      /[\\/]packages[\\/][^\\/]+[\\/]src[\\/]/.test(importer)
        ? { path: join(root, 'scripts/lazy-crypto.mjs') }
        : undefined,
    )
  },
}

const options = {
  absWorkingDir: root,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  conditions: ['@particle-grants/source'],
  // Native, so that it comes from npm for the platform at hand.
  external: ['@napi-rs/keyring', ...neverLoaded],
  banner: { js: banner },
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
  metafile: true,
  plugins: [cryptoWhenNeeded],
  logLevel: 'error',
}

const parts = [
  // What answers before the framework is loaded, in as few files as can be.
  {
    entryPoints: [join(root, 'src/main.ts')],
    external: [...options.external, './run-cli.js'],
    chunkNames: 'quick-[hash]',
    minifyIdentifiers: true,
  },
  {
    entryPoints: [join(root, 'src/run-cli.ts'), join(root, 'src/commands.ts')],
  },
]

/** Bundles into a folder, which is emptied first. */
export async function bundle(outdir) {
  rmSync(outdir, { recursive: true, force: true })
  const inputs = new Set()
  for (const part of parts) {
    const { metafile } = await build({ ...options, ...part, outdir })
    for (const input of Object.keys(metafile.inputs)) inputs.add(input)
  }
  writeFileSync(join(outdir, 'third-party-notices.txt'), licencesOf([...inputs], root))
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await bundle(join(root, 'dist'))
