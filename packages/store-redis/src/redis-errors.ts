import { GrantsError } from '@particle-grants/core'

/** Why Redis cannot be used, what to do, and whether another attempt may succeed. */
export interface RedisProblem {
  readonly problem: string
  readonly advice: string
  readonly isTransient: boolean
}

export const notConnected: RedisProblem = {
  problem: 'its client is not connected',
  advice: 'Connect the client before you use the store, and close it afterwards.',
  isTransient: false,
}

const checkServer = 'Check the Redis server and the network, then try again.'
export const noConnection: RedisProblem = { problem: 'no connection', advice: checkServer, isTransient: true }

/** A save that got no response may or may not have been written. */
export function noResponse(timeoutMs: number): RedisProblem {
  const problem = `no response within ${Number((timeoutMs / 1000).toFixed(1))} s`
  return { problem, advice: checkServer, isTransient: true }
}

/** Error codes of a server that may accept the command in a moment: it starts, is busy, or fails over. */
const transientCodes = ['LOADING', 'BUSY', 'READONLY', 'MASTERDOWN', 'TRYAGAIN', 'CLUSTERDOWN']

/** What to do about the server's own error codes, where it is more than to try again. */
const adviceByCode: Readonly<Record<string, string>> = {
  READONLY: 'Connect the client to the primary, not to a replica.',
  NOAUTH: 'Give the client the username and password of the server.',
  WRONGPASS: 'Correct the username and password of the client.',
  NOPERM: 'Allow its user the commands and keys that the README of @particle-grants/store-redis lists.',
  OOM: "The server's memory is full. Free some, or raise its `maxmemory`.",
  MISCONF: 'The server cannot write to its disk. Check its log.',
  MOVED: 'It is part of a cluster. Pass createCluster() of `redis` or new Cluster() of `ioredis`.',
}

/**
 * Classifies an error of the client without quoting it: a server that rejects a command repeats the command's arguments,
 * which contain tokens. Server errors start with a word in capitals.
 */
export function toRedisProblem(thrown: unknown): RedisProblem {
  const { message, code } = thrown as { readonly message?: unknown; readonly code?: unknown }
  const word = /^[A-Z][A-Z0-9]+(?= )/.exec(String(message))?.[0]
  if (word !== undefined) {
    const isTransient = transientCodes.includes(word)
    const otherAdvice = isTransient ? checkServer : 'Check its log. Redis from version 6 and Valkey are supported.'
    const problem = `the server responded with ${word}`
    return { problem, advice: adviceByCode[word] ?? otherAdvice, isTransient }
  }
  if (typeof code !== 'string' || !/^[A-Z][A-Z0-9_]+$/.test(code)) return noConnection
  return { ...noConnection, problem: `no connection (${code})` }
}

export function unavailable({ problem, advice }: RedisProblem): GrantsError<'store_unavailable'> {
  const message = `The Redis store cannot be used: ${problem}. ${advice}`
  return new GrantsError('store_unavailable', message, { store: 'redis', problem })
}
