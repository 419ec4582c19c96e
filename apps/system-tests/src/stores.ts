import { spawn } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { delimiter, join } from 'node:path'
import { leaveOut } from '@particle-grants/test-kit/programs'
import { onTestFinished } from 'vitest'
import type { StoreOrders } from '../programs/open-store.ts'
import { temporaryFolder } from './world.ts'

/** The stores that several processes can share on this machine. Says which are left out. */
export function sharedStores(): readonly {
  readonly name: string
  readonly open: () => Promise<StoreOrders>
}[] {
  const file = {
    name: 'a file store',
    open: async () => ({ type: 'file', directory: temporaryFolder() }) as const,
  }
  const program = programInPath('redis-server')
  if (program !== undefined) return [file, { name: 'Redis', open: () => redis(program) }]
  if ((process.env.PARTICLE_GRANTS_NEED ?? '').split(',').includes('redis')) {
    throw new Error('PARTICLE_GRANTS_NEED names redis, but there is no redis-server here')
  }
  leaveOut('several processes on Redis', 'there is no redis-server here (apt-get install redis-server)')
  return [file]
}

async function redis(program: string): Promise<StoreOrders> {
  const port = await freePort()
  const where = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', temporaryFolder()]
  const child = spawn(program, where, { stdio: ['ignore', 'pipe', 'ignore'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  await new Promise<void>((resolve, reject) => {
    child.once('exit', () => reject(new Error('redis-server did not start')))
    child.stdout.on('data', (text) => String(text).includes('Ready to accept') && resolve())
  })
  return { type: 'redis', url: `redis://127.0.0.1:${port}` }
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
