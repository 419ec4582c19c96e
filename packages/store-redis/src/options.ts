import { GrantsError } from '@particle-grants/core'

/** How a {@link redisStore} names, keeps and locks records. Durations are in milliseconds. */
export interface RedisStoreOptions {
  /** What every key starts with. Stores with different prefixes don't see each other. @default 'particle-grants:' */
  readonly prefix?: string
  /** How long a record that nobody reads or writes is kept; `null`: forever. @default 400 days */
  readonly ttl?: number | null
  /** How long a lock outlives an owner that died. A living owner extends it three times as often. @default 30 s */
  readonly leaseDuration?: number
  /** How long `exclusively` waits for another owner before it rejects with `lock_timeout`. @default 60 s */
  readonly lockTimeout?: number
  /** How long one call may take with Redis gone before it rejects with `store_unavailable`. @default 5 s */
  readonly commandTimeout?: number
}

/** Every option, checked. */
export type Settings = { readonly [N in keyof RedisStoreOptions]-?: Exclude<RedisStoreOptions[N], undefined> }

/** Longer than any lifetime that Particle gives a token, so that a record never ends before its tokens. */
const defaultTtl = 400 * 24 * 60 * 60 * 1000
/** What `setTimeout` can wait at most. */
const longestTimer = 2 ** 31 - 1

/** Fills in the defaults; throws `invalid_argument` for what can't be meant. */
export function settingsOf(options: RedisStoreOptions): Settings {
  const settings = {
    prefix: options.prefix ?? 'particle-grants:',
    ttl: options.ttl === undefined ? defaultTtl : options.ttl,
    leaseDuration: options.leaseDuration ?? 30_000,
    lockTimeout: options.lockTimeout ?? 60_000,
    commandTimeout: options.commandTimeout ?? 5_000,
  }
  if (settings.ttl !== null) assertDuration('ttl', settings.ttl, Number.MAX_SAFE_INTEGER)
  for (const name of ['leaseDuration', 'lockTimeout', 'commandTimeout'] as const) {
    assertDuration(name, settings[name], longestTimer)
  }
  return settings
}

function assertDuration(parameter: string, value: number, most: number): void {
  if (Number.isSafeInteger(value) && value > 0 && value <= most) return
  throw new GrantsError('invalid_argument', {
    parameter,
    problem: `must be a whole number of milliseconds from 1 to ${most}`,
  })
}
