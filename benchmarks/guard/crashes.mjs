// Processes that are killed (`kill -9`) with 30 requests in flight: once an hour for six hours, on a store that
// processes share. After each of them another process requests the same tokens.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { createClock, createSandbox, defaultAccounts } from '@particle-grants/sandbox'
import { listen } from '@particle-grants/sandbox/node'

const customers = Array.from({ length: 30 }, (_, index) => `customer-${index}@example.com`)
const program = fileURLToPath(new URL('crashing-process.mjs', import.meta.url))
const crashes = 6

/** Returns what was lost, or `undefined` on a machine without a Redis server. */
export async function runCrashes(type, hasGuard) {
  const folder = mkdtempSync(join(tmpdir(), 'particle-grants-bench-'))
  const redis = type === 'redis' ? await startRedis(folder) : undefined
  if (type === 'redis' && redis === undefined) return undefined
  const store = redis === undefined ? { directory: folder } : { url: redis.url }
  try {
    return await crashRepeatedly(store, hasGuard)
  } finally {
    redis?.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function crashRepeatedly(store, hasGuard) {
  const clock = createClock({ start: Date.UTC(2026, 0, 1), frozen: true })
  const accounts = [...defaultAccounts, ...customers.map((username) => ({ username, customerOf: '1234' }))]
  const sandbox = createSandbox({ clock, accounts })
  const server = await listen(sandbox)
  const calls = { good: 0, lost: 0, longestWaitMs: 0, codes: {} }
  const start = () => {
    const input = { baseUrl: server.url, customers, store, hasGuard, now: clock.now() }
    return spawn(process.execPath, [program, JSON.stringify(input)], { stdio: ['ignore', 'pipe', 'inherit'] })
  }
  for (let crash = 0; crash < crashes; crash += 1) {
    sandbox.failNext({ delay: 600_000, after: true, times: customers.length })
    const victim = start()
    while (sandbox.faults.list().length > 0) {
      if (victim.exitCode !== null) throw new Error('The process ended before all requests were in flight')
      await setTimeout(20)
    }
    victim.kill('SIGKILL')
    await once(victim, 'exit')
    // Until every token is there, another attempt each minute.
    const crashedAt = clock.now()
    let { lost, codes } = await readResult(start())
    count(calls, { lost, codes })
    while (lost > 0) {
      clock.advance('1m')
      ;({ lost, codes } = await readResult(start()))
      count(calls, { lost, codes })
    }
    calls.longestWaitMs = Math.max(calls.longestWaitMs, clock.now() - crashedAt)
    clock.advance('1h')
  }
  await server.close()
  const requests = sandbox.requests().filter(({ path }) => path === '/oauth/token')
  const lockouts = requests.some(({ status }) => status === 429) ? 1 : 0
  return { lockouts, requests: requests.length, calls: { '': calls } }
}

async function readResult(child) {
  let output = ''
  child.stdout.on('data', (chunk) => {
    output += chunk
  })
  await once(child, 'close')
  return JSON.parse(output)
}

function count(calls, { lost, codes }) {
  calls.good += customers.length
  calls.lost += lost
  for (const code of codes) calls.codes[code] = (calls.codes[code] ?? 0) + 1
}

async function startRedis(folder) {
  const port = await findFreePort()
  const server = spawn('redis-server', ['--port', port, '--bind', '127.0.0.1', '--save', '', '--dir', folder], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const isStarted = await new Promise((resolve) => {
    server.once('error', () => resolve(false))
    server.once('exit', () => resolve(false))
    server.stdout.on('data', (chunk) => {
      if (/Ready to accept connections/.test(chunk)) resolve(true)
    })
  })
  return isStarted ? { url: `redis://127.0.0.1:${port}`, stop: () => server.kill('SIGKILL') } : undefined
}

async function findFreePort() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address()
  server.close()
  return String(port)
}
