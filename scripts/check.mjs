// Runs every static gate, and prints one line for each and the output of those that fail.
// `npm run check` runs all of them, `npm run check links types` the ones named.
import { spawnSync } from 'node:child_process'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Packages that are published. */
const published = '--filter "./packages/*" --filter pgrants --filter "!@particle-grants/test-kit"'

const gates = {
  // One style, and the rules of biome.json.
  lint: ['biome check --error-on-warnings'],
  // Sources, tests and examples, under strict.
  types: ['turbo run check:types --output-logs=errors-only'],
  // No unused file, export or dependency.
  unused: ['knip --treat-config-hints-as-errors'],
  // Who may import whom.
  imports: ['depcruise packages apps examples benchmarks docs --config .dependency-cruiser.mjs'],
  // Links and anchors between Markdown files.
  links: ['remark . --quiet --frail --no-color --no-stdout'],
  // A published package that changed since the last release has a changeset.
  changeset: [`changeset status --since=${lastRelease()}`],
  // The generated pages say what the catalogue says.
  generated: ['node docs/generator/run.mjs check'],
  // What is published resolves and has types, and a bundle has its size and needs nothing of Node.
  packages: [
    'turbo run build --output-logs=errors-only',
    `pnpm ${published} exec publint --strict`,
    `pnpm ${published} exec attw --pack . --profile esm-only --no-emoji --no-color`,
    'size-limit',
  ],
}

const root = fileURLToPath(new URL('..', import.meta.url))
const env = {
  ...process.env,
  PATH: join(root, 'node_modules/.bin') + delimiter + process.env.PATH,
  TURBO_TELEMETRY_DISABLED: '1',
}

const named = process.argv.slice(2)
for (const name of named.length > 0 ? named : Object.keys(gates)) {
  const commands = gates[name]
  if (commands === undefined) {
    console.error(`There is no gate "${name}". The gates: ${Object.keys(gates).join(', ')}.`)
    process.exit(2)
  }
  const started = Date.now()
  const failure = commands.map(run).find(({ status }) => status !== 0)
  const seconds = ((Date.now() - started) / 1000).toFixed(1)
  console.log(`${name.padEnd(12)}${failure === undefined ? 'ok    ' : 'FAILED'} ${seconds.padStart(6)} s`)
  if (failure === undefined) continue
  console.error(`${failure.stdout}${failure.stderr}`)
  process.exitCode = 1
}

function run(command) {
  return spawnSync(command, { cwd: root, env, shell: true, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 })
}

/** The last commit that wrote a changelog; before the first release, the first commit. */
function lastRelease() {
  const git = (args) => spawnSync('git', args, { encoding: 'utf8' }).stdout.trim().split('\n')[0]
  return git(['log', '-1', '--format=%H', '--', '*CHANGELOG.md']) || git(['rev-list', '--max-parents=0', 'HEAD'])
}
