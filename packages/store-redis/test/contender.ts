// Runs as its own process: reads its command from the arguments and reports as lines of JSON.
import { createInterface } from 'node:readline'
import { createClient } from 'redis'
import { redisStore } from '../src/index.ts'

interface Command {
  readonly url: string
  readonly prefix: string
  readonly role: 'contend' | 'hold' | 'leave'
  readonly rounds: number
  readonly leaseMs: number
  /** How wrong this process's clock is, in milliseconds. */
  readonly clock: number
}

const command: Command = JSON.parse(process.argv[2] ?? '')
const now = Date.now
Date.now = () => now() + command.clock
globalThis.Date = new Proxy(Date, {
  construct: (target, args) => Reflect.construct(target, args.length === 0 ? [target.now()] : args),
})

const say = (line: unknown) => process.stdout.write(`${JSON.stringify(line)}\n`)

async function connect() {
  const client = createClient({ url: command.url })
  client.on('error', () => {})
  await client.connect()
  return client
}

const open = (client: Awaited<ReturnType<typeof connect>>) =>
  redisStore(client, {
    prefix: command.prefix,
    leaseMs: command.leaseMs,
    commandTimeoutMs: 60_000,
  })

/** Reads and writes under the lock on two connections at once, and counts how many tasks run at the same time. */
async function contend() {
  const counts = { most: 0, lost: 0, conflicts: 0 }
  const clients = [await connect(), await connect()]
  await Promise.all(
    clients.map(async (client) => {
      const store = open(client)
      for (let round = 0; round < command.rounds; round += 1) {
        await store.withLock('session-a', async (signal) => {
          counts.most = Math.max(counts.most, Number(await client.incr('inside')))
          const record = await store.load('session-a')
          await store.save('session-a', String(Number(record?.value ?? 0) + 1), record?.version ?? null).catch(() => {
            counts.conflicts += 1
          })
          await client.decr('inside')
          counts.lost += signal.aborted ? 1 : 0
        })
      }
    }),
  )
  say(counts)
  for (const client of clients) client.destroy()
}

/** Holds the lock until it reads a line, then saves and reports the result. */
async function hold() {
  const client = await connect()
  const store = open(client)
  const lines = createInterface(process.stdin)[Symbol.asyncIterator]()
  await store.withLock('session-a', async (signal) => {
    const record = await store.load('session-a')
    say('holding')
    await lines.next()
    const outcome = await store.save('session-a', 'late', record?.version ?? null).then(
      () => 'saved',
      ({ code }) => code,
    )
    if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve))
    say({ outcome, aborted: signal.aborted })
  })
  client.destroy()
  process.exit()
}

/** Ends during a task while another task waits. The store must not keep the process alive. */
async function leave() {
  const client = await connect()
  const store = open(client)
  await new Promise<void>((resolve) => {
    store.withLock('session-a', () => new Promise(() => resolve())).catch(say)
  })
  store.withLock('session-a', async () => {}).catch(say)
  await store.load('session-a')
  client.unref()
  say('leaving')
}

const roles = { contend, hold, leave }
roles[command.role]().catch((thrown: unknown) => {
  say(String(thrown))
  process.exitCode = 1
})
