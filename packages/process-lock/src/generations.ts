import { lstat, lutimes, readdir, readlink, rename, symlink, unlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { Held } from './held.ts'
import { formatOwner, lifeOf, type Owner, parseOwner, thisProcess } from './owner.ts'

/**
 * An owner that can't be judged is given up when its lock shows no life for this long. Containers of one machine share
 * its clock, and their limit is less than one waits; another machine's clock may be wrong, and its disk may be slow to
 * tell. Milliseconds.
 */
const givenUpAfter = { hidden: 45_000, unknown: 600_000 }
/** Longer than a living owner takes to show itself once the whole machine wakes from a sleep. Milliseconds. */
const secondLookAfter = 2_500
/** An owner that was silent for longer, which shows itself every second, may have been given up. Milliseconds. */
const longestSilence = 20_000
/** What an owner leaves in its place that may have been given up: as good as dead. */
const released = 'released'

/**
 * The lock of systems where Node can't ask the kernel for one (Linux above all).
 *
 * A lock is a symbolic link that names its owner: made in one step, whole from the start, by one process only.
 * The link of a dead owner is never removed to take the lock over, since between a look and a removal it may have
 * become somebody else's. Whoever finds generation n dead makes generation n + 1 instead, and only one can. Then
 * the floor is raised to n + 1, and only then is n removed. Whoever made a link below the floor was too slow, and
 * steps back. So of two processes one always sees the other; see docs/decisions for the whole argument.
 */
export async function tryGenerations(path: string): Promise<Held | undefined> {
  const floor = await readFloor(path)
  const me = await thisProcess()
  for (let generation = floor; ; generation += 1) {
    if (await makeLink(linkPath(path, generation), me)) {
      return settle(path, { me, generation, floor })
    }
    if (!(await isAbandoned(linkPath(path, generation)))) return undefined
  }
}

interface Claim {
  readonly me: Owner
  readonly generation: number
  readonly floor: number
}

/** Makes sure that a link which could be made is the lock, or takes it back. */
async function settle(path: string, { me, generation, floor }: Claim): Promise<Held | undefined> {
  const held = hold(path, { me, generation, floor })
  try {
    if ((await readFloor(path)) > generation) {
      await held.release()
      return undefined
    }
    if (generation > floor) {
      await raiseFloor(path, generation, me)
      await sweep(path, generation)
    }
    return held
  } catch (thrown) {
    await held.release()
    throw thrown
  }
}

function hold(path: string, { me, generation, floor }: Claim): Held {
  const link = linkPath(path, generation)
  const ours = async () => (await readTarget(link)) === formatOwner(me)
  let shown = Date.now()
  let silent = false
  const wasSilent = () => {
    silent ||= Date.now() - shown > longestSilence
    return silent
  }
  return {
    inherited: generation > floor,
    async stillOurs() {
      if (!(await ours())) return false
      wasSilent()
      const now = new Date()
      await lutimes(link, now, now)
        .then(() => {
          shown = now.getTime()
        })
        .catch(() => {})
      return true
    },
    async release() {
      if (!wasSilent()) {
        if (await ours()) await unlink(link).catch(ignore('ENOENT'))
        return
      }
      // Somebody may be about to go past it: a link that vanishes now would let a third one in below that one. Again,
      // should a sweep have taken the new one before it was in place.
      while (await ours()) await markReleased(link, temporaryPath(path, me))
    },
  }
}

async function isAbandoned(link: string): Promise<boolean> {
  const target = await readTarget(link)
  // Released just now. The next try starts from the floor again.
  if (target === undefined) return false
  if (target === released) return true
  const owner = parseOwner(target)
  const life = owner === undefined ? 'unknown' : await lifeOf(owner)
  if (life === 'alive' || life === 'dead') return life === 'dead'
  return isSilent(link, givenUpAfter[life])
}

/** Looks twice: after the machine slept, a living owner's last sign is old until it has had its turn. */
async function isSilent(link: string, limit: number): Promise<boolean> {
  const lastSign = async () => (await lstat(link).catch(ignore('ENOENT')))?.mtimeMs
  const before = await lastSign()
  if (before === undefined || Date.now() - before <= limit) return false
  await new Promise((resolve) => setTimeout(resolve, secondLookAfter))
  return (await lastSign()) === before
}

async function readFloor(path: string): Promise<number> {
  const target = await readTarget(`${path}.floor`)
  if (target === undefined) return 1
  if (!/^[1-9]\d*$/.test(target)) throw new Error(`${path}.floor is not a lock's: remove it`)
  return Number(target)
}

async function raiseFloor(path: string, generation: number, me: Owner): Promise<void> {
  const via = temporaryPath(path, me)
  await symlink(String(generation), via)
  await rename(via, `${path}.floor`)
}

/** Puts a mark in the place of a link, in one step. */
async function markReleased(link: string, via: string): Promise<void> {
  await symlink(released, via)
  await rename(via, link).catch(ignore('ENOENT'))
}

/** A link that is about to take another one's place. Whoever sweeps removes it. */
function temporaryPath(path: string, me: Owner): string {
  return `${path}.floor-${me.nonce}`
}

/** Removes what killed processes left: older generations, and a link that was never put in place. */
async function sweep(path: string, generation: number): Promise<void> {
  const prefix = `${basename(path)}.`
  const names = await readdir(dirname(path))
  const leftovers = names.filter((name) => {
    const [kind, id] = name.startsWith(prefix) ? split(name.slice(prefix.length)) : []
    return (kind === 'lock' && Number(id) < generation) || (kind === 'floor' && id !== undefined)
  })
  for (const name of leftovers) await unlink(join(dirname(path), name)).catch(ignore('ENOENT'))
}

function split(rest: string): [string, string | undefined] {
  const dash = rest.indexOf('-')
  return dash === -1 ? [rest, undefined] : [rest.slice(0, dash), rest.slice(dash + 1)]
}

function linkPath(path: string, generation: number): string {
  return `${path}.lock-${generation}`
}

async function makeLink(link: string, owner: Owner): Promise<boolean> {
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
