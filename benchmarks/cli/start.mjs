// Measures how long commands take, beside a bare script and peers. Prints medians and their ratios to `node -e 0`. Memory is
// measured separately.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createSandbox } from '@particle-grants/sandbox'
import { listen } from '@particle-grants/sandbox/node'
import { installPeers } from '../install-peers.mjs'
import { writeResults } from '../results.mjs'
import { formatMs, median, Program, runNode, timeRounds } from '../rounds.mjs'

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

// The newest particle-cli that was tried on Node 20.
const peers = installPeers('particle-cli@3.43.1')
const arms = [
  new Program('node -e 0', ['-e', '0']),
  new Program('a bare script that prints a token', [here('bare.mjs'), tokenFile]),
  new Program('a minimal oclif command', [here('minimal/run.mjs'), 'token']),
  ...(peers === undefined
    ? []
    : [new Program('particle --version (particle-cli)', [join(peers, 'particle-cli/src/index.js'), '--version'])]),
  new Program('pgrants auth token', [pgrants, 'auth', 'token']),
  new Program('pgrants --version', [pgrants, '--version']),
  new Program('pgrants --help', [pgrants, '--help']),
  new Program('pgrants auth status', [pgrants, 'auth', 'status']),
]
timeRounds(arms, { rounds, env })

const base = median(arms[0].times)
const versions = `Node ${process.versions.node}, oclif ${createRequire(import.meta.url)('@oclif/core/package.json').version}`
console.log(`${rounds} rounds, ${versions}\n`)
console.log('| | × `node -e 0` | median | quickest | peak memory |\n| --- | ---: | ---: | ---: | ---: |')
for (const { name, times, args } of arms) {
  const peak = median([1, 2, 3].map(() => peakOf(args)))
  const ratio = (median(times) / base).toFixed(2)
  console.log(`| ${name} | ${ratio} | ${formatMs(median(times))} | ${formatMs(Math.min(...times))} | ${mb(peak)} |`)
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

function peakOf(args) {
  const file = join(folder, 'peak')
  runNode(['--require', here('peak.cjs'), ...args], { ...env, PEAK_FILE: file })
  return Number(readFileSync(file, 'utf8'))
}

function mb(kilobytes) {
  return `${(kilobytes / 1024).toFixed(0)} MB`
}
