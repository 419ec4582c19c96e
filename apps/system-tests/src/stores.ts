import { spawn } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { delimiter, join } from 'node:path'
import { reportSkipped } from '@particle-grants/test-kit/levels'
import { createClient } from 'redis'
import { onTestFinished } from 'vitest'
import type { StoreOrders } from '../programs/open-store.ts'
import { temporaryFolder } from './world.ts'

/** A store that several processes can share. */
export interface SharedStore {
  readonly name: string
  readonly open: () => Promise<StoreOrders>
  /** Lets go of the locks of a process that was killed: at once, as a file store's are, whatever their lease. */
  readonly freeLocks: (orders: StoreOrders) => Promise<void>
}

const servers = [
  { name: 'Redis', program: 'redis-server', needed: 'redis' },
  { name: 'Valkey', program: 'valkey-server', needed: 'valkey' },
] as const

/** The servers that several processes can share on this machine. Says which are left out. */
export function sharedServers(): readonly SharedStore[] {
  return servers.flatMap(({ name, program, needed }) => {
    const path = programInPath(program)
    if (path !== undefined) return [{ name, open: () => startServer(path), freeLocks: freeLocksOfServer }]
    if ((process.env.PARTICLE_GRANTS_NEED ?? '').split(',').includes(needed)) {
      throw new Error(`PARTICLE_GRANTS_NEED names ${needed}, but there is no ${program} here`)
    }
    reportSkipped(`several processes on ${name}`, `there is no ${program} here (apt-get install ${program})`)
    return []
  })
}

/** The stores that several processes can share on this machine. */
export function sharedStores(): readonly SharedStore[] {
  const file = {
    name: 'a file store',
    open: async () => ({ type: 'file', directory: temporaryFolder() }) as const,
    freeLocks: async () => {},
  }
  return [file, ...sharedServers()]
}

async function startServer(program: string): Promise<StoreOrders> {
  const port = await freePort()
  const where = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', temporaryFolder()]
  const child = spawn(program, where, { stdio: ['ignore', 'pipe', 'ignore'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  await new Promise<void>((resolve, reject) => {
    child.once('exit', () => reject(new Error(`${program} did not start`)))
    child.stdout.on('data', (text) => String(text).includes('Ready to accept') && resolve())
  })
  return { type: 'redis', url: `redis://127.0.0.1:${port}` }
}

async function freeLocksOfServer(orders: StoreOrders): Promise<void> {
  if (orders.type !== 'redis') return
  const client = createClient({ url: orders.url })
  await client.connect()
  await client.del(await client.keys('particle-grants:lock:*'))
  client.destroy()
}

function freePort(): Promise<number> {
  const server = createServer()
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })
}

function programInPath(name: string): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter)
  return folders
    .map((folder) => join(folder, name))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK)
        return true
      } catch {
        return false
      }
    })
}
