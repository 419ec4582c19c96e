// Measures how long commands take, beside a bare script and peers: all of them in turn, round after round, each in a
// separate process. Prints medians and their ratios to `node -e 0`. Memory is measured separately.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createSandbox } from '@particle-grants/sandbox'
import { listen } from '@particle-grants/sandbox/node'
import { writeResults } from '../results.mjs'
import { installParticleCli } from './particle-cli.mjs'

const rounds = Number(process.env.ROUNDS ?? 25)
const here = (path) => fileURLToPath(new URL(path, import.meta.url))
const pgrants = here('../../apps/cli/bin/pgrants.cjs')
const folder = mkdtempSync(join(tmpdir(), 'particle-grants-bench-'))
process.once('exit', () => rmSync(folder, { recursive: true, force: true }))

const env = {
  PATH: process.env.PATH,
  HOME: folder,
  XDG_STATE_HOME: join(folder, 'state'),
  PARTICLE_GRANTS_STORE: 'file',
}
await signIn()
const tokenFile = join(folder, 'token.json')
writeFileSync(tokenFile, JSON.stringify({ token: 'a'.repeat(40) }))

const particleCli = installParticleCli()
const arms = [
  ['node -e 0', ['-e', '0']],
  ['a bare script that prints a token', [here('bare.mjs'), tokenFile]],
  ['a minimal oclif command', [here('minimal/run.mjs'), 'token']],
  ...(particleCli === undefined ? [] : [['particle --version (particle-cli)', [particleCli, '--version']]]),
  ['pgrants auth token', [pgrants, 'auth', 'token']],
  ['pgrants --version', [pgrants, '--version']],
  ['pgrants --help', [pgrants, '--help']],
  ['pgrants auth status', [pgrants, 'auth', 'status']],
].map(([name, args]) => ({ name, args, times: [], peaks: [] }))

for (let round = -1; round < rounds; round += 1) {
  for (const arm of arms) {
    const started = process.hrtime.bigint()
    run(arm.args)
    const took = Number(process.hrtime.bigint() - started) / 1e6
    // The first round fills the caches of the disk and, from Node 22 on, of compiled code.
    if (round >= 0) arm.times.push(took)
  }
}
for (const arm of arms) for (let i = 0; i < 3; i += 1) arm.peaks.push(peakOf(arm.args))

const base = median(arms[0].times)
const versions = `Node ${process.versions.node}, oclif ${createRequire(import.meta.url)('@oclif/core/package.json').version}`
console.log(`${rounds} rounds, ${versions}\n`)
console.log('| | × `node -e 0` | median | quickest | peak memory |\n| --- | ---: | ---: | ---: | ---: |')
for (const { name, times, peaks } of arms) {
  const ratio = (median(times) / base).toFixed(2)
  console.log(`| ${name} | ${ratio} | ${ms(median(times))} | ${ms(Math.min(...times))} | ${mb(median(peaks))} |`)
}
writeResults('cli', {
  command: 'npm run bench cli',
  unit: `times node -e 0, median of ${rounds} rounds`,
  rows: arms.map(({ name, times }) => ({ name, value: median(times) / base })),
})
process.exitCode = fails() ? 1 : 0

/** Prints the commands that are slower than promised, as a ratio to `node -e 0`. Returns how many there are. */
function fails() {
  const promised = {
    'pgrants auth token': 1.5,
    'pgrants --version': 2,
    'pgrants --help': 3,
    'pgrants auth status': 4,
  }
  return arms
    .filter(({ name, times }) => median(times) / base > (promised[name] ?? Number.POSITIVE_INFINITY))
    .map(({ name }) => console.error(`${name}: more than ${promised[name]} × node -e 0.`)).length
}

async function signIn() {
  const server = await listen(createSandbox(), { port: 0 })
  const args = [pgrants, 'auth', 'login', '-u', 'dev@example.com', '--password-stdin', '--base-url', server.url]
  // Not by spawnSync: the sandbox answers from this very process.
  const { spawn } = await import('node:child_process')
  const child = spawn(process.execPath, args, { env, stdio: ['pipe', 'ignore', 'inherit'] })
  child.stdin.end('correct horse\n')
  const code = await new Promise((resolve) => child.once('close', resolve))
  await server.close()
  if (code !== 0) throw new Error(`signing in ended with ${code}`)
}

function run(args, more = {}) {
  const { status, stderr } = spawnSync(process.execPath, args, { env: { ...env, ...more }, encoding: 'utf8' })
  if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}: ${stderr}`)
}

function peakOf(args) {
  const file = join(folder, 'peak')
  run(['--require', here('peak.cjs'), ...args], { PEAK_FILE: file })
  return Number(readFileSync(file, 'utf8'))
}

function median(values) {
  const sorted = [...values].sort((one, other) => one - other)
  return sorted[Math.floor(sorted.length / 2)]
}

function ms(value) {
  return `${value.toFixed(0)} ms`
}

function mb(kilobytes) {
  return `${(kilobytes / 1024).toFixed(0)} MB`
}
