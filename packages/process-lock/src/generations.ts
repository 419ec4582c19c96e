import { lstat, lutimes, readdir, readlink, rename, symlink, unlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { LockFile } from './lock-file.ts'
import { findLiveness, formatOwner, getThisProcess, type Owner, parseOwner } from './owner.ts'

/**
 * How long the link of an owner that cannot be observed must stay unchanged before the lock is taken over. Containers of
 * one machine share its clock, and their limit is below the stores' time-out. The clock of another machine may be wrong,
 * and its disk may be slow to show changes.
 */
const abandonedAfterMs = { other_container: 45_000, unknown: 600_000 }
/** Longer than a living owner needs to update its link after the whole machine wakes from sleep. */
const secondCheckAfterMs = 2_500
/** An owner updates its link every second. If it paused for longer than this, its lock may have been taken over. */
const maxPauseMs = 20_000
/** Replaces the owner in a link that may have been taken over. Counts as dead. */
const releasedMark = 'released'

/**
 * Locks by symbolic links, for systems where Node cannot use a lock of the kernel (above all Linux).
 *
 * A lock is a symbolic link whose target names its owner. The kernel creates it in one step, complete, for one process.
 * The link of a dead owner is never removed to take the lock over: between the check and the removal it could have become
 * another process's link. Instead, a process that finds generation n dead creates generation n + 1, which only one can.
 * It then raises the floor to n + 1, and only after that removes n. A process whose link is below the floor was too late
 * and steps back. So of two processes one always sees the other. The full argument is in docs/decisions.
 */
export async function tryGenerations(path: string): Promise<LockFile | undefined> {
  const floor = await readFloor(path)
  const owner = await getThisProcess()
  for (let generation = floor; ; generation += 1) {
    const link = linkPath(path, generation)
    if (await createLink(link, owner)) return confirm(path, { owner, generation, floor })
    if (!(await isAbandoned(link))) return undefined
  }
}

interface Claim {
  readonly owner: Owner
  readonly generation: number
  readonly floor: number
}

/** Checks that the new link is the lock, or removes it. */
async function confirm(path: string, { owner, generation, floor }: Claim): Promise<LockFile | undefined> {
  const lock = createLock(path, { owner, generation, floor })
  try {
    if ((await readFloor(path)) > generation) {
      await lock.release()
      return undefined
    }
    if (generation > floor) {
      await raiseFloor(path, generation, owner)
      await removeLeftovers(path, generation)
    }
    return lock
  } catch (thrown) {
    await lock.release()
    throw thrown
  }
}

function createLock(path: string, { owner, generation, floor }: Claim): LockFile {
  const link = linkPath(path, generation)
  const isOurs = async () => (await readTarget(link)) === formatOwner(owner)
  let updatedAt = Date.now()
  let hasPaused = false
  const checkPause = () => {
    hasPaused ||= Date.now() - updatedAt > maxPauseMs
    return hasPaused
  }
  return {
    isInherited: generation > floor,
    async isHeld() {
      if (!(await isOurs())) return false
      checkPause()
      const now = new Date()
      await lutimes(link, now, now)
        .then(() => {
          updatedAt = now.getTime()
        })
        .catch(() => {})
      return true
    },
    async release() {
      if (!checkPause()) {
        if (await isOurs()) await unlink(link).catch(ignore('ENOENT'))
        return
      }
      // Another process may be about to create the next generation. If the link vanished now, a third one could lock below
      // it. The loop repeats if a sweep removed the mark before it was in place.
      while (await isOurs()) await markReleased(link, temporaryPath(path, owner))
    },
  }
}

async function isAbandoned(link: string): Promise<boolean> {
  const target = await readTarget(link)
  // Released just now. The next attempt starts from the floor again.
  if (target === undefined) return false
  if (target === releasedMark) return true
  const owner = parseOwner(target)
  const liveness = owner === undefined ? 'unknown' : await findLiveness(owner)
  if (liveness === 'alive' || liveness === 'dead') return liveness === 'dead'
  return isUnchanged(link, abandonedAfterMs[liveness])
}

/** Checks twice: after the machine slept, the last update of a living owner is old until the owner runs again. */
async function isUnchanged(link: string, limitMs: number): Promise<boolean> {
  const readUpdateTime = async () => (await lstat(link).catch(ignore('ENOENT')))?.mtimeMs
  const before = await readUpdateTime()
  if (before === undefined || Date.now() - before <= limitMs) return false
  await new Promise((resolve) => setTimeout(resolve, secondCheckAfterMs))
  return (await readUpdateTime()) === before
}

async function readFloor(path: string): Promise<number> {
  const target = await readTarget(`${path}.floor`)
  if (target === undefined) return 1
  if (!/^[1-9]\d*$/.test(target)) throw new Error(`${path}.floor does not belong to a lock. Remove it.`)
  return Number(target)
}

async function raiseFloor(path: string, generation: number, owner: Owner): Promise<void> {
  const temporary = temporaryPath(path, owner)
  await symlink(String(generation), temporary)
  await rename(temporary, `${path}.floor`)
}

async function markReleased(link: string, temporary: string): Promise<void> {
  await symlink(releasedMark, temporary)
  await rename(temporary, link).catch(ignore('ENOENT'))
}

/** A link that is about to replace another one. A sweep removes it. */
function temporaryPath(path: string, owner: Owner): string {
  return `${path}.floor-${owner.nonce}`
}

/** Removes what killed processes left: older generations, and links that never replaced another one. */
async function removeLeftovers(path: string, generation: number): Promise<void> {
  const prefix = `${basename(path)}.`
  const names = await readdir(dirname(path))
  const leftovers = names.filter((name) => {
    const [, kind, id] =
      /^(lock|floor)-(.*)$/.exec(name.startsWith(prefix) ? name.slice(prefix.length) : '') ?? []
    return kind === 'floor' || (kind === 'lock' && Number(id) < generation)
  })
  for (const name of leftovers) await unlink(join(dirname(path), name)).catch(ignore('ENOENT'))
}

function linkPath(path: string, generation: number): string {
  return `${path}.lock-${generation}`
}

async function createLink(link: string, owner: Owner): Promise<boolean> {
  try {
    await symlink(formatOwner(owner), link)
    return true
  } catch (thrown) {
    ignore('EEXIST')(thrown)
    return false
  }
}

async function readTarget(link: string): Promise<string | undefined> {
  return readlink(link).catch(ignore('ENOENT'))
}

function ignore(code: string): (thrown: unknown) => undefined {
  return (thrown) => {
    if ((thrown as NodeJS.ErrnoException).code !== code) throw thrown
    return undefined
  }
}
