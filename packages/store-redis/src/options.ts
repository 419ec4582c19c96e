import { GrantsError } from '@particle-grants/core'
import { assertKnownOptions, type OptionNames } from '@particle-grants/core/protocol'

export interface RedisStoreOptions {
  /** The prefix of every key. Stores with different prefixes are separate. @default 'particle-grants:' */
  readonly prefix?: string
  /**
   * How long to keep a session's record after its last use, in milliseconds; `null`: forever. The lockout guard's record is
   * kept for at least a day. @default 400 days
   */
  readonly ttlMs?: number | null
  /** How long the lock of a dead owner lasts, in milliseconds. A living owner extends it in time. @default 30_000 */
  readonly leaseMs?: number
  /** How long to wait for a lock that another owner holds, in milliseconds. @default 60_000 */
  readonly lockTimeoutMs?: number
  /** How long a call may take when Redis cannot be reached, in milliseconds. @default 5_000 */
  readonly commandTimeoutMs?: number
}

export type ResolvedOptions = {
  readonly [N in keyof RedisStoreOptions]-?: Exclude<RedisStoreOptions[N], undefined>
}

const optionNames: OptionNames<RedisStoreOptions> = {
  prefix: true,
  ttlMs: true,
  leaseMs: true,
  lockTimeoutMs: true,
  commandTimeoutMs: true,
}

/** Longer than any lifetime that Particle gives a token, so that no record expires before its tokens. */
const defaultTtlMs = 400 * 24 * 60 * 60 * 1000
/** The longest time that `setTimeout` accepts. */
const maxTimeoutMs = 2 ** 31 - 1

/** Validates the options and adds the defaults. */
export function resolveOptions(options: RedisStoreOptions): ResolvedOptions {
  assertKnownOptions(options, optionNames)
  const { prefix = 'particle-grants:', ttlMs = defaultTtlMs } = options
  const { leaseMs = 30_000, lockTimeoutMs = 60_000, commandTimeoutMs = 5_000 } = options
  const timeouts = { leaseMs, lockTimeoutMs, commandTimeoutMs }
  if (ttlMs !== null) assertDuration('ttlMs', ttlMs, Number.MAX_SAFE_INTEGER)
  for (const [name, value] of Object.entries(timeouts)) assertDuration(name, value, maxTimeoutMs)
  return { prefix, ttlMs, ...timeouts }
}

function assertDuration(parameter: string, value: number, maxMs: number): void {
  if (Number.isSafeInteger(value) && value > 0 && value <= maxMs) return
  const problem = `must be a whole number of milliseconds from 1 to ${maxMs}`
  throw new GrantsError('invalid_argument', `${parameter} ${problem}.`, { parameter, problem })
}
