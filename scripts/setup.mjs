// Installs what the repository needs, with nothing but Node and npm, and says what it does.
// Quick when there is nothing to do: pnpm keeps a copy of the lockfile it installed from.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const read = (path) => {
  try {
    return readFileSync(new URL(`../${path}`, import.meta.url), 'utf8')
  } catch {
    return undefined
  }
}

const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`Node ${process.versions.node} is too old: install Node 20.19 or newer and run this again.`)
  process.exit(1)
}

const wanted = read('pnpm-lock.yaml')
if (wanted !== undefined && wanted === read('node_modules/.pnpm/lock.yaml')) process.exit(0)

// One place names the version: turbo, too, insists on "packageManager".
const { packageManager } = JSON.parse(read('package.json'))
console.error(
  `Installing what this repository needs (${packageManager}, once; about half a minute on a fresh machine) …`,
)
const started = Date.now()
const install = spawnSync(
  'npx',
  ['--yes', packageManager, 'install', '--frozen-lockfile', '--reporter=append-only'],
  {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: process.platform === 'win32',
    // `npm run -s` hands its silence down, and npx would not say what went wrong.
    env: { ...process.env, npm_config_loglevel: 'error' },
  },
)
if (install.status !== 0) {
  console.error(`${install.stdout ?? ''}${install.stderr ?? install.error ?? ''}`.trim())
  console.error(`\nThe installation failed: what went wrong stands above. To try it by hand:`)
  console.error(`  npx --yes ${packageManager} install --frozen-lockfile`)
  process.exit(install.status ?? 1)
}
console.error(`Installed in ${((Date.now() - started) / 1000).toFixed(1)} s.`)
