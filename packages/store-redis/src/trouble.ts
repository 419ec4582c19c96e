import { GrantsError } from '@particle-grants/core'

/** Why Redis could not be used, what to do about it, and whether that may pass by itself. */
export interface Trouble {
  readonly problem: string
  readonly advice: string
  readonly passing: boolean
}

const checkServer =
  'Check the Redis server and the way to it, then try again; sessions go on where they were.'

/** A client that was never opened, or was closed for good. */
export const notConnected: Trouble = {
  problem: 'its client is not connected',
  advice: 'Call `await client.connect()` before the store is used, and close the client after it.',
  passing: false,
}

/** Nothing came back. A record that was being written may have been written, or not. */
export function noAnswer(limit: number): Trouble {
  const problem = `no answer within ${Number((limit / 1000).toFixed(1))} s`
  return { problem, advice: checkServer, passing: true }
}

/** What the server's own error codes mean here. */
const answers: Readonly<Record<string, Omit<Trouble, 'problem'>>> = {
  LOADING: { advice: 'The server is starting: try again in a moment.', passing: true },
  BUSY: { advice: 'A script keeps the server busy: try again in a moment.', passing: true },
  READONLY: { advice: 'The client must talk to the primary, not to a replica.', passing: true },
  MASTERDOWN: { advice: checkServer, passing: true },
  TRYAGAIN: { advice: checkServer, passing: true },
  CLUSTERDOWN: { advice: checkServer, passing: true },
  NOAUTH: { advice: 'Give the client the user name and password of the server.', passing: false },
  WRONGPASS: { advice: 'Give the client the right user name and password.', passing: false },
  NOPERM: {
    advice: 'Allow its user the commands and keys that the README of @particle-grants/store-redis lists.',
    passing: false,
  },
  OOM: { advice: "The server's memory is full: make room, or raise its `maxmemory`.", passing: false },
  MISCONF: { advice: 'The server could not write to its disk: see its log.', passing: false },
  MOVED: { advice: 'Clusters are not supported: use one primary with replicas.', passing: false },
}

/**
 * Takes an error of the client apart without ever quoting it: a server that does not know a command answers with
 * the command's arguments, and those hold tokens. Servers' errors begin with a word in capitals.
 */
export function troubleOf(thrown: unknown): Trouble {
  const { message, code } = thrown as { readonly message?: unknown; readonly code?: unknown }
  const word = /^[A-Z][A-Z0-9]+(?= )/.exec(String(message))?.[0]
  if (word !== undefined) {
    const known = answers[word] ?? {
      advice: 'Its log says more. Redis 6 and newer and Valkey are known to work.',
      passing: false,
    }
    return { problem: `the server answered ${word}`, ...known }
  }
  const systemCode = typeof code === 'string' && /^[A-Z][A-Z0-9_]+$/.test(code) ? ` (${code})` : ''
  return { problem: `no connection${systemCode}`, advice: checkServer, passing: true }
}

export function unavailable({ problem, advice }: Trouble): GrantsError<'store_unavailable'> {
  return new GrantsError('store_unavailable', { store: 'redis', problem, advice })
}
