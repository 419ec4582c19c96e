import { createClient, ErrorReply } from 'redis'
import { waitUntil } from './clients.ts'
import { freePort, RedisServer } from './redis-server.ts'

/** A cluster of three primaries, with a replica of the first one if `hasReplica` is set. */
export class RedisCluster {
  readonly primaries: readonly RedisServer[]
  readonly replica: RedisServer | undefined

  private constructor(primaries: readonly RedisServer[], replica: RedisServer | undefined) {
    this.primaries = primaries
    this.replica = replica
  }

  static async start(program: string, { hasReplica = false } = {}): Promise<RedisCluster> {
    const servers: RedisServer[] = []
    const busPorts: number[] = []
    for (let index = 0; index < (hasReplica ? 4 : 3); index += 1) {
      const busPort = await freePort()
      busPorts.push(busPort)
      const settings = [
        ...RedisServer.persistent,
        'repl-diskless-sync-delay 0',
        'cluster-enabled yes',
        'cluster-node-timeout 1000',
        // Slots on the other nodes stay available while one is down.
        'cluster-require-full-coverage no',
        `cluster-port ${busPort}`,
      ]
      servers.push(await RedisServer.start(program, { settings }))
    }
    const [first, second, third, replica] = servers
    if (first === undefined || second === undefined || third === undefined) throw new Error('Three servers.')
    const cluster = new RedisCluster([first, second, third], replica)
    const slots = [0, 5461, 10_923, 16_384]
    for (const [index, primary] of cluster.primaries.entries()) {
      await send(primary, 'CLUSTER', 'SET-CONFIG-EPOCH', String(index + 1))
      const [from, to] = [slots[index] ?? 0, (slots[index + 1] ?? 0) - 1]
      await send(primary, 'CLUSTER', 'ADDSLOTSRANGE', String(from), String(to))
    }
    for (const [index, server] of servers.entries()) {
      const address = ['127.0.0.1', String(server.port), String(busPorts[index])]
      if (index > 0) await send(first, 'CLUSTER', 'MEET', ...address)
    }
    const isJoined = async (server: RedisServer) => {
      const info = String(await send(server, 'CLUSTER', 'INFO'))
      return info.includes('cluster_state:ok') && info.includes(`cluster_known_nodes:${servers.length}`)
    }
    for (const server of servers) await waitUntil(() => isJoined(server))
    if (replica !== undefined) {
      await send(replica, 'CLUSTER', 'REPLICATE', String(await send(first, 'CLUSTER', 'MYID')))
      await waitUntil(async () => String(await send(replica, 'INFO')).includes('master_link_status:up'))
    }
    return cluster
  }

  get urls(): readonly string[] {
    return this.primaries.map(({ url }) => url)
  }

  async remove(): Promise<void> {
    for (const server of [...this.primaries, this.replica]) await server?.remove()
  }
}

/** Sends one command to one server. Repeats it when the connection breaks: sentinels cut connections. */
export async function send(server: RedisServer, ...command: string[]): Promise<unknown> {
  for (;;) {
    const client = createClient({ url: server.url, RESP: 2 }).on('error', () => {})
    try {
      await client.connect()
      return await client.sendCommand(command)
    } catch (thrown) {
      if (thrown instanceof ErrorReply) throw thrown
    } finally {
      if (client.isOpen) client.destroy()
    }
  }
}
