import { GrantsError } from '@particle-grants/core'

/** A client, a cluster or a sentinel of `redis` or `ioredis`. You connect and close it. */
export type RedisClient = NodeRedisClient | NodeRedis4Client | IoredisClient

/** The part of `redis` 5 and 6 that the store uses: of a client, a pool, a cluster or a sentinel. */
export interface NodeRedisClient {
  readonly isOpen: boolean
  /** `abortSignal` withdraws a command that was not sent yet. */
  withCommandOptions(options: { abortSignal: AbortSignal; typeMapping: Record<never, never> }): {
    eval(script: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>
  }
}

/** The part of a client of `redis` 4 that the store uses. */
export interface NodeRedis4Client {
  readonly isOpen: boolean
  sendCommand(args: string[], options?: { readonly signal?: AbortSignal }): Promise<unknown>
}

/** The part of `ioredis` that the store uses: of a client, also one of a sentinel, or of a cluster. */
export interface IoredisClient {
  readonly status: string
  call(command: string, ...args: string[]): Promise<unknown>
}

/** A script of `scripts.ts` with its keys and arguments. */
export interface Script {
  readonly text: string
  readonly keys: readonly string[]
  readonly args: readonly string[]
}

/** Throws `invalid_argument` for another object. */
export function assertClient(client: unknown): asserts client is RedisClient {
  const names = typeof client === 'object' && client !== null ? client : {}
  if ('isOpen' in names && ('withCommandOptions' in names || 'sendCommand' in names)) return
  if ('status' in names && 'call' in names) return
  const problem = 'must be a client, a cluster or a sentinel of `redis` or `ioredis`'
  const advice = client instanceof Promise ? 'Await the promise first.' : 'Pass the client itself, not its URL.'
  throw new GrantsError('invalid_argument', `client ${problem}. ${advice}`, { parameter: 'client', problem })
}

export function isClosed(client: RedisClient): boolean {
  return 'isOpen' in client ? !client.isOpen : client.status === 'end'
}

/** Whether a command should be sent now. `ioredis` cannot withdraw one that it queues while it reconnects. */
export function isReady(client: RedisClient): boolean {
  return 'isOpen' in client || client.status === 'ready' || client.status === 'wait'
}

/** Runs a script on the node that has its keys. The signal withdraws it if it was not sent yet. */
export function runScript(client: RedisClient, { text, keys, args }: Script, signal: AbortSignal): Promise<unknown> {
  if ('withCommandOptions' in client) {
    const commands = client.withCommandOptions({ abortSignal: signal, typeMapping: {} })
    return commands.eval(text, { keys: [...keys], arguments: [...args] })
  }
  const command = ['EVAL', text, String(keys.length), ...keys, ...args] as const
  return 'isOpen' in client ? client.sendCommand([...command], { signal }) : client.call(...command)
}
