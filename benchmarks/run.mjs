// `npm run bench NAME`: runs one benchmark with the Node options that it needs. README.md describes them.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const benchmarks = {
  size: [['size.mjs']],
  pool: [['--expose-gc', '--max-old-space-size=8192', 'pool.mjs']],
  axios: [['axios/steady.mjs'], ['axios/storm.mjs']],
  soak: [['--expose-gc', '--no-opt', '--no-sparkplug', 'axios/soak.mjs']],
  guard: [['guard.mjs']],
  sandbox: [['sandbox.mjs']],
  cli: [['cli/start.mjs']],
  credentials: [['credentials.mjs']],
}

const [name, ...args] = process.argv.slice(2)
const programs = benchmarks[name]
if (programs === undefined) {
  console.error(`Name a benchmark: npm run bench ${Object.keys(benchmarks).join(' | ')}`)
  process.exit(2)
}
for (const program of programs) {
  const options = { cwd: fileURLToPath(new URL('.', import.meta.url)), stdio: 'inherit' }
  const { status } = spawnSync(process.execPath, [...program, ...args], options)
  if (status !== 0) process.exitCode = status ?? 1
}
