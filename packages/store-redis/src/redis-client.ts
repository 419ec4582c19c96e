/** A connected client of `redis` or `ioredis`. You open and close it. */
export type RedisClient = NodeRedisClient | IoredisClient

/** The part of a client of `redis`, or of its pool, that the store uses. */
export interface NodeRedisClient {
  readonly isOpen: boolean
  sendCommand(args: string[], options?: NodeRedisOptions): Promise<unknown>
}

/** Version 4 has `signal`, later ones have `abortSignal`. Both withdraw a command that was not sent yet. */
interface NodeRedisOptions {
  readonly signal?: AbortSignal
  readonly abortSignal?: AbortSignal
  readonly typeMapping?: Record<never, never>
}

/** The part of a client of `ioredis` that the store uses. */
export interface IoredisClient {
  readonly status: string
  call(command: string, ...args: string[]): Promise<unknown>
}

export function isClosed(client: RedisClient): boolean {
  return 'isOpen' in client ? !client.isOpen : client.status === 'end'
}

/** Whether a command should be sent now. `ioredis` cannot withdraw one that it queues while it reconnects. */
export function isReady(client: RedisClient): boolean {
  return 'isOpen' in client || client.status === 'ready' || client.status === 'wait'
}

export function sendCommand(client: RedisClient, args: string[], signal: AbortSignal): Promise<unknown> {
  if ('isOpen' in client) return client.sendCommand(args, { signal, abortSignal: signal, typeMapping: {} })
  const [command = '', ...rest] = args
  return client.call(command, ...rest)
}
