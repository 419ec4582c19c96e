// Measures how long a program takes to a token from this machine, beside the default chains of other clouds.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { createSandbox } from '@particle-grants/sandbox'
import { listen } from '@particle-grants/sandbox/node'
import { installPeers } from './install-peers.mjs'
import { writeResults } from './results.mjs'
import { formatMs, median, Program, timeRounds } from './rounds.mjs'

const rounds = Number(process.env.ROUNDS ?? 25)
const here = (path) => fileURLToPath(new URL(path, import.meta.url))
const pgrants = here('../apps/cli/bin/pgrants.cjs')
const folder = mkdtempSync(join(tmpdir(), 'particle-grants-credentials-'))
process.once('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }))

const env = { PATH: process.env.PATH, HOME: folder, XDG_STATE_HOME: join(folder, 'state') }
const keyring = await openKeyring()
await signIn('file', env)
if (keyring !== undefined) await signIn('keyring', { ...env, ...keyring.env })

const ours = here('credentials/ours.mjs')
const programs = [
  new Program('`node -e 0`', ['-e', '0']),
  new Program('a token in the environment', [ours], { PARTICLE_ACCESS_TOKEN: 'a'.repeat(40) }),
  new Program('a profile in the file store', [ours], { PARTICLE_GRANTS_PROFILE: 'file' }),
  ...(keyring === undefined
    ? []
    : [new Program('a profile in the keyring', [ours], { ...keyring.env, PARTICLE_GRANTS_PROFILE: 'keyring' })]),
  ...installChains(),
]
timeRounds(programs, { rounds, env })
keyring?.close()

const base = median(programs[0].times)
console.log(`${rounds} rounds, Node ${process.versions.node}\n`)
console.log('| | × `node -e 0` | median | quickest |\n| --- | ---: | ---: | ---: |')
for (const { name, times } of programs) {
  const ratio = (median(times) / base).toFixed(2)
  console.log(`| ${name} | ${ratio} | ${formatMs(median(times))} | ${formatMs(Math.min(...times))} |`)
}
writeResults('credentials', {
  command: 'npm run bench credentials',
  unit: `times node -e 0, median of ${rounds} rounds`,
  rows: programs.map(({ name, times }) => ({ name: name.replaceAll('`', ''), value: median(times) / base })),
})

/** The chains of other clouds, each with the fastest source that it has on a machine without a network. */
function installChains() {
  const modules = installPeers(
    '@aws-sdk/credential-providers@3.1175.0',
    'google-auth-library@11.3.4',
    '@azure/identity@4.14.1',
  )
  if (modules === undefined) return []
  const run = (chain) => [here('credentials/peers.mjs'), chain, modules]
  mkdirSync(join(folder, '.aws'))
  const keys = { aws_access_key_id: 'AKIAEXAMPLE', aws_secret_access_key: 'example' }
  const lines = Object.entries(keys).map((pair) => pair.join(' = '))
  writeFileSync(join(folder, '.aws/credentials'), ['[default]', ...lines, ''].join('\n'))
  const google = { type: 'authorized_user', client_id: 'example', client_secret: 'example', refresh_token: 'example' }
  const googleFile = join(folder, 'google.json')
  writeFileSync(googleFile, JSON.stringify(google))
  const azure = { AZURE_TENANT_ID: 'example', AZURE_CLIENT_ID: 'example', AZURE_CLIENT_SECRET: 'example' }
  return [
    new Program('AWS: keys in the environment', run('aws'), {
      AWS_ACCESS_KEY_ID: keys.aws_access_key_id,
      AWS_SECRET_ACCESS_KEY: keys.aws_secret_access_key,
    }),
    new Program('AWS: keys in ~/.aws/credentials', run('aws')),
    new Program('Google: a file, before the request', run('google'), { GOOGLE_APPLICATION_CREDENTIALS: googleFile }),
    new Program('Azure: the environment, before the request', run('azure'), azure),
  ]
}

/** Signs in to a profile that has the name of its store. */
async function signIn(store, env) {
  const server = await listen(createSandbox(), { port: 0 })
  const flags = ['-u', 'dev@example.com', '--password-stdin', '--base-url', server.url, '--store', store, '-p', store]
  // Not by spawnSync: the sandbox answers from this very process.
  const child = spawn(process.execPath, [pgrants, 'auth', 'login', ...flags], {
    env,
    stdio: ['pipe', 'ignore', 'inherit'],
  })
  child.stdin.end('correct horse\n')
  const [code] = await once(child, 'close')
  await server.close()
  if (code !== 0) throw new Error(`signing in ended with ${code}`)
}

/** Opens an empty keyring, which ends with `close`; `undefined` and a line where there is none. */
async function openKeyring() {
  const script = `
    export XDG_DATA_HOME="$1" XDG_RUNTIME_DIR="$1"
    printf 'a password\\n' | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1 || exit 1
    echo "$DBUS_SESSION_BUS_ADDRESS"
    exec cat >/dev/null`
  const stdio = ['pipe', 'pipe', 'ignore']
  const child = spawn('dbus-run-session', ['--', 'sh', '-c', script, 'sh', folder], { stdio })
  child.on('error', () => child.stdout.destroy())
  for await (const address of createInterface(child.stdout)) {
    return { env: { DBUS_SESSION_BUS_ADDRESS: address }, close: () => child.stdin.end() }
  }
  console.error('[left out] a profile in the keyring: there is no gnome-keyring-daemon')
  return undefined
}
