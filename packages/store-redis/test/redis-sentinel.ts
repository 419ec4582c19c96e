import { waitUntil } from './clients.ts'
import { send } from './redis-cluster.ts'
import { RedisServer } from './redis-server.ts'

/** A primary, its replica, and a sentinel that fails over alone: it is its own majority. */
export class RedisSentinel {
  readonly primary: RedisServer
  readonly replica: RedisServer
  readonly sentinel: RedisServer
  /** The name of the primary for the sentinel. */
  readonly name = 'main'

  private constructor(primary: RedisServer, replica: RedisServer, sentinel: RedisServer) {
    this.primary = primary
    this.replica = replica
    this.sentinel = sentinel
  }

  static async start(program: string): Promise<RedisSentinel> {
    // A replica does not wait for others that could share its first synchronisation.
    const settings = [...RedisServer.persistent, 'repl-diskless-sync-delay 0']
    const primary = await RedisServer.start(program, { settings })
    const replica = await RedisServer.start(program, {
      settings: [...settings, `replicaof 127.0.0.1 ${primary.port}`],
    })
    await waitUntil(async () => String(await send(replica, 'INFO')).includes('master_link_status:up'))
    const sentinel = await RedisServer.start(program, {
      isSentinel: true,
      settings: [
        `sentinel monitor main 127.0.0.1 ${primary.port} 1`,
        'sentinel down-after-milliseconds main 500',
        'sentinel failover-timeout main 2000',
      ],
    })
    const replicas = async () => (await send(sentinel, 'SENTINEL', 'REPLICAS', 'main')) as unknown[]
    await waitUntil(async () => (await replicas()).length === 1)
    return new RedisSentinel(primary, replica, sentinel)
  }

  async remove(): Promise<void> {
    for (const server of [this.sentinel, this.replica, this.primary]) await server.remove()
  }
}
