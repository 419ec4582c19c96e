// Each script touches the keys of one record only, and all of them run as one step. Values and versions travel as
// arguments, never as part of a script or a key. No script reads a clock: Redis itself counts down what expires.
//
// After a connection that broke, nobody knows whether a script ran. So each may run twice with the same arguments
// and gives the same answer: versions and owners are random, and recognised when they are found already there.

/** Defines `version`: the record's own, `false` where there is none, `''` where something else lies. */
const readVersion = `
local kind = redis.call('TYPE', KEYS[1]).ok
local version = ''
if kind == 'none' then version = false
elseif kind == 'hash' then version = redis.call('HGET', KEYS[1], 'version') or '' end
`

/**
 * KEYS record, damaged. ARGV ttl. Answers nothing, `{ version, value }`, or `{ problem }` after moving aside what is
 * no record. A record that is read lives on: its TTL counts from its last use, roughly, to spare most reads a write.
 */
export const loadScript = `${readVersion}
if version == false then return {} end
local value = kind == 'hash' and redis.call('HGET', KEYS[1], 'value')
if version == '' or not value then
  redis.call('RENAME', KEYS[1], KEYS[2])
  if ARGV[1] ~= '' then redis.call('PEXPIRE', KEYS[2], ARGV[1]) end
  return { kind }
end
if ARGV[1] ~= '' and redis.call('PTTL', KEYS[1]) < ARGV[1] * 0.9 then
  redis.call('PEXPIRE', KEYS[1], ARGV[1])
end
return { version, value }
`

/** KEYS record. ARGV new version, value, ttl, expected version (left out: none). Answers 1, or 0 for a conflict. */
export const saveScript = `${readVersion}
if version == ARGV[1] then return 1 end
if version ~= (ARGV[4] or false) then return 0 end
redis.call('HSET', KEYS[1], 'version', ARGV[1], 'value', ARGV[2])
if ARGV[3] == '' then redis.call('PERSIST', KEYS[1]) else redis.call('PEXPIRE', KEYS[1], ARGV[3]) end
return 1
`

/**
 * KEYS record, damaged. ARGV 'again' on a second try, expected version (left out: none). Answers 1, or 0 for a
 * conflict. On a second try a record that is gone was removed by the first.
 */
export const removeScript = `${readVersion}
if version ~= (ARGV[2] or false) and not (version == false and ARGV[1] == 'again') then return 0 end
redis.call('DEL', KEYS[1], KEYS[2])
return 1
`

/** KEYS lock. ARGV owner, lease. Answers 1 when the lock is the owner's now. */
export const acquireScript = `
if redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then return 1 end
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 1
`

/** KEYS lock. ARGV owner, lease. Answers 1 when the lock still is the owner's, 0 when it was lost. */
export const extendScript = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 1
`

/** KEYS lock. ARGV owner. Frees the lock, unless it is another's by now. */
export const releaseScript = `
if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
return 1
`
