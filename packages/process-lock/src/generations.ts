import { randomUUID } from 'node:crypto'
import { lstat, lutimes, readdir, readlink, rename, symlink, unlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { ignore, UnsafePathError } from './errors.ts'
import type { LockFile } from './lock-file.ts'
import { findLiveness, formatOwner, getThisProcess, parseOwner } from './owner.ts'

/**
 * How long the link of an owner that cannot be observed must stay unchanged before the lock is taken over. Containers of
 * one machine share its clock. The clock of another machine may be wrong, and its disk slow to show changes.
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
  const owner = formatOwner(await getThisProcess())
  for (let generation = floor; ; generation += 1) {
    const link = `${path}.lock-${generation}`
    const isCreated = await symlink(owner, link).then(() => true, ignore('EEXIST'))
    if (isCreated) {
      const lock = { ...createLock(path, link, owner), isInherited: generation > floor }
      return confirm(lock, { path, generation })
    }
    if (!(await isAbandoned(link))) return undefined
  }
}

/** Steps back if the link was created too late. Completes the take-over of a dead owner's lock. */
async function confirm(
  lock: LockFile,
  { path, generation }: { path: string; generation: number },
): Promise<LockFile | undefined> {
  try {
    if ((await readFloor(path)) > generation) {
      await lock.release()
      return undefined
    }
    if (lock.isInherited) {
      await replaceLink(`${path}.floor`, String(generation), path)
      await removeLeftovers(path, generation)
    }
    return lock
  } catch (thrown) {
    await lock.release()
    throw thrown
  }
}

function createLock(path: string, link: string, owner: string): Omit<LockFile, 'isInherited'> {
  let updatedAt = Date.now()
  let hasPaused = false
  const isOurs = async () => (await readTarget(link)) === owner
  const checkPause = () => {
    hasPaused ||= Date.now() - updatedAt > maxPauseMs
    return hasPaused
  }
  return {
    async isHeld() {
      if (!(await isOurs())) return false
      checkPause()
      const now = Date.now()
      const failure: unknown = await lutimes(link, now / 1000, now / 1000).catch((thrown) => thrown)
      if (failure === undefined) updatedAt = now
      return true
    },
    async release() {
      if (!checkPause()) {
        if (await isOurs()) await unlink(link).catch(ignore('ENOENT'))
        return
      }
      // Another process may be about to create the next generation. If the link vanished now, a third one could lock below
      // it. The loop repeats if a sweep removed the mark before it was in place.
      while (await isOurs()) await replaceLink(link, releasedMark, path).catch(ignore('ENOENT'))
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
  const floor = `${path}.floor`
  const target = await readlink(floor).catch((thrown: NodeJS.ErrnoException) => {
    if (thrown.code === 'ENOENT') return '1'
    // A file or a folder is in its place.
    if (thrown.code === 'EINVAL') return ''
    throw thrown
  })
  if (!/^[1-9]\d*$/.test(target)) throw new UnsafePathError(floor, 'does not belong to a lock', 'Remove it')
  return Number(target)
}

/** Replaces a link in one step. A process that is killed in between leaves a temporary link, which a sweep removes. */
async function replaceLink(link: string, target: string, path: string): Promise<void> {
  const temporary = `${path}.floor-${randomUUID()}`
  await symlink(target, temporary)
  await rename(temporary, link)
}

/** Removes what killed processes left: older generations, and temporary links. */
async function removeLeftovers(path: string, generation: number): Promise<void> {
  const pattern = new RegExp(`^${basename(path)}\\.(lock|floor)-(.*)$`)
  for (const name of await readdir(dirname(path))) {
    const [, kind, id] = pattern.exec(name) ?? []
    if (kind === 'floor' || (kind === 'lock' && Number(id) < generation)) {
      await unlink(join(dirname(path), name)).catch(ignore('ENOENT'))
    }
  }
}

async function readTarget(link: string): Promise<string | undefined> {
  return readlink(link).catch(ignore('ENOENT'))
}
