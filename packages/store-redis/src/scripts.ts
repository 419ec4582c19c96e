// Each script uses the keys of one record only and is atomic. Values and versions are arguments, never part of a script
// or a key. Only durations are arguments. Redis alone measures them, so the clocks of the servers need not agree.
//
// When a connection breaks, it is unknown whether a script ran. So each script can run twice with the same arguments and
// returns the same result: versions and owners are random, and a script recognises those that it has stored already.

/** Defines `version`: the version of the record, `false` if there is none, `''` for a value that is not a record. */
const readVersion = `
local kind = redis.call('TYPE', KEYS[1]).ok
local version = ''
if kind == 'none' then version = false
elseif kind == 'hash' then version = redis.call('HGET', KEYS[1], 'version') or '' end
`

/**
 * Defines `now`, the time of Redis, and `limitTtl`: the shorter one of `ttl` and what is left until `deadline`, or `nil` if
 * neither is a number. A record keeps its deadline in a field. Without it, a read that extends the TTL would keep a record
 * that has expired.
 */
const limitTtl = `
local function now()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end
local function limitTtl(ttl, deadline)
  ttl, deadline = tonumber(ttl), tonumber(deadline)
  if not deadline then return ttl end
  return math.min(ttl or math.huge, deadline - now())
end
`

/** What `loadScript` returns. `redisType` is the type of the value that is not a record. */
export type LoadResult =
  | readonly ['missing']
  | readonly ['record', version: string, value: string]
  | readonly ['damaged', redisType: string]

/**
 * KEYS record, damaged. ARGV ttl. Returns a `LoadResult`, `damaged` after it moved the value to the second key. A read
 * extends the TTL of a record, but only once a tenth of it has passed, so that few reads write.
 */
export const loadScript = `${readVersion}${limitTtl}
if version == false then return { 'missing' } end
local value = kind == 'hash' and redis.call('HGET', KEYS[1], 'value')
if version == '' or not value then
  redis.call('RENAME', KEYS[1], KEYS[2])
  if ARGV[1] ~= '' then redis.call('PEXPIRE', KEYS[2], ARGV[1]) end
  return { 'damaged', kind }
end
local ttl = limitTtl(ARGV[1], redis.call('HGET', KEYS[1], 'deadline'))
if ttl and redis.call('PTTL', KEYS[1]) < ttl * 0.9 then redis.call('PEXPIRE', KEYS[1], ttl) end
return { 'record', version, value }
`

/**
 * KEYS record. ARGV new version, value, ttl, lifetime until the record expires, expected version (omitted: no record).
 * Returns 1, or 0 for a conflict. A lifetime of 0 or less removes the record.
 */
export const saveScript = `${readVersion}${limitTtl}
if version == ARGV[1] then return 1 end
if version ~= (ARGV[5] or false) then return 0 end
local deadline = ARGV[4] == '' and '' or now() + ARGV[4]
redis.call('HSET', KEYS[1], 'version', ARGV[1], 'value', ARGV[2], 'deadline', deadline)
local ttl = limitTtl(ARGV[3], deadline)
if ttl then redis.call('PEXPIRE', KEYS[1], ttl) else redis.call('PERSIST', KEYS[1]) end
return 1
`

/**
 * KEYS record, damaged. ARGV 'again' for a repeated call, expected version (omitted: no record). Returns 1, or 0 for a
 * conflict. For a repeated call, a missing record was removed by the first.
 */
export const removeScript = `${readVersion}
if version ~= (ARGV[2] or false) and not (version == false and ARGV[1] == 'again') then return 0 end
redis.call('DEL', KEYS[1], KEYS[2])
return 1
`

/** KEYS lock. ARGV owner, lease. Returns 1 if the owner still has the lock, 0 if it was lost. */
export const extendScript = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 1
`

/** KEYS lock. ARGV owner, lease. Returns 1 if the owner has the lock now. */
export const acquireScript = `
if redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then return 1 end${extendScript}`

/** KEYS lock. ARGV owner. Removes the lock, unless another owner has it now. */
export const releaseScript = `
if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
return 1
`
