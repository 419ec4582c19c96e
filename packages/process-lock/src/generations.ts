import { lstat, lutimes, readdir, readlink, rename, symlink, unlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { Held } from './held.ts'
import { formatOwner, lifeOf, type Owner, parseOwner, thisProcess } from './owner.ts'

/** An owner in another container or on another machine is given up when its lock shows no life for this long. */
const unknownOwnerGivenUpAfter = 600_000

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
  const held = hold({ link: linkPath(path, generation), me, inherited: generation > floor })
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

function hold({ link, me, inherited }: { link: string; me: Owner; inherited: boolean }): Held {
  const ours = async () => (await readTarget(link)) === formatOwner(me)
  return {
    inherited,
    async stillOurs() {
      if (!(await ours())) return false
      const now = new Date()
      await lutimes(link, now, now).catch(() => {})
      return true
    },
    async release() {
      if (await ours()) await unlink(link).catch(ignore('ENOENT'))
    },
  }
}

async function isAbandoned(link: string): Promise<boolean> {
  const target = await readTarget(link)
  // Released just now. The next try starts from the floor again.
  if (target === undefined) return false
  const owner = parseOwner(target)
  const life = owner === undefined ? 'unknown' : await lifeOf(owner)
  if (life !== 'unknown') return life === 'dead'
  const stats = await lstat(link).catch(ignore('ENOENT'))
  return stats !== undefined && Date.now() - stats.mtimeMs > unknownOwnerGivenUpAfter
}

async function readFloor(path: string): Promise<number> {
  const target = await readTarget(`${path}.floor`)
  if (target === undefined) return 1
  if (!/^[1-9]\d*$/.test(target)) throw new Error(`${path}.floor is not a lock's: remove it`)
  return Number(target)
}

async function raiseFloor(path: string, generation: number, me: Owner): Promise<void> {
  const next = `${path}.floor-${me.nonce}`
  await symlink(String(generation), next)
  await rename(next, `${path}.floor`)
}

/** Removes what killed processes left: older generations, and a floor that was never put in place. */
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
