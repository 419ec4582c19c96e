import { readFile, readlink } from 'node:fs/promises'
import { hostname } from 'node:os'

/** Which process holds a lock, so that any other process of the machine can tell whether it still runs. */
export interface Owner {
  readonly pid: number
  /** When the process started, in the kernel's ticks: pids are used again. Empty where the kernel doesn't show it. */
  readonly start: string
  /** The pid namespace: in another container the same number is another process. */
  readonly namespace: string
  /** Changes with each start of the machine. */
  readonly boot: string
  readonly host: string
  /** Tells two locks of one process apart. */
  readonly nonce: string
}

/**
 * What can be said about an owner from here. `hidden`: it runs, or ran, on this machine, but in another container;
 * `unknown`: where this process can't look at all.
 */
export type Life = 'alive' | 'dead' | 'hidden' | 'unknown'

type Place = Pick<Owner, 'namespace' | 'boot' | 'host'>

const fields = ['pid', 'start', 'namespace', 'boot', 'host', 'nonce'] as const
const format = '1'

interface Here {
  readonly place: Place
  readonly start: string
}

let found: Promise<Here> | undefined

/** This process, as the owner of one lock. */
export async function thisProcess(): Promise<Owner> {
  const { place, start } = await here()
  return { pid: process.pid, start, ...place, nonce: crypto.randomUUID() }
}

/** An owner in one line, for the target of a symbolic link. */
export function formatOwner(owner: Owner): string {
  return [format, ...fields.map((field) => encodeURIComponent(owner[field]))].join(':')
}

/** The owner that such a line names, or nothing when it is of another make. */
export function parseOwner(text: string): Owner | undefined {
  const [version, ...values] = text.split(':').map(decoded)
  const [pid = '', start = '', namespace = '', boot = '', host = '', nonce = ''] = values
  if (version !== format || values.length !== fields.length || !/^[1-9]\d*$/.test(pid)) return undefined
  return { pid: Number(pid), start, namespace, boot, host, nonce }
}

/** Whether an owner's process still runs. In doubt it does: nobody may take a lock from the living. */
export async function lifeOf(owner: Owner): Promise<Life> {
  const { place } = await here()
  // One of the two could not read where it runs, and the other could: nothing can be compared.
  if (isBlank(owner) !== isBlank(place)) return 'unknown'
  // The machine was started anew since. Another machine, or another container's file system, has another name.
  if (owner.boot !== place.boot) return owner.host === place.host ? 'dead' : 'unknown'
  if (owner.namespace !== place.namespace) return 'hidden'
  const seen = await look(owner.pid).catch(() => undefined)
  if (seen === undefined) return respondsToSignals(owner.pid) ? 'alive' : 'dead'
  // Who can't tell when it started may be the one that runs now.
  if (owner.start !== '' && owner.start !== seen.start) return 'dead'
  // Killed, but not yet reaped by its parent. While a thread is left, a last write may still be under way.
  return (seen.state === 'Z' || seen.state === 'X') && seen.threads <= 1 ? 'dead' : 'alive'
}

/** Where this process runs. That doesn't change, so one look is enough, if it succeeds. */
function here(): Promise<Here> {
  found ??= lookAround().catch((thrown) => {
    found = undefined
    throw thrown
  })
  return found
}

async function lookAround(): Promise<Here> {
  const [boot, namespace, machine, self] = await Promise.all([
    ifThere(readFile('/proc/sys/kernel/random/boot_id', 'utf8')),
    ifThere(readlink('/proc/self/ns/pid')),
    ifThere(readFile('/etc/machine-id', 'utf8')),
    look(process.pid),
  ])
  const place = { boot: boot.trim(), namespace, host: `${hostname()}/${machine.trim()}` }
  return { place, start: self?.start ?? '' }
}

/** A process as the kernel shows it in `/proc`, or nothing where there is none to be seen. */
async function look(pid: number): Promise<{ state: string; threads: number; start: string } | undefined> {
  const stat = await ifThere(readFile(`/proc/${pid}/stat`, 'utf8'))
  // The second field is the program's name, in parentheses and with whatever is in it.
  const rest = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const [state, threads, start] = [rest[0], rest[17], rest[19]]
  if (state === undefined || threads === undefined || start === undefined) return undefined
  return { state, threads: Number(threads), start }
}

function respondsToSignals(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code !== 'ESRCH'
  }
}

function isBlank({ boot, namespace }: Pick<Place, 'boot' | 'namespace'>): boolean {
  return boot === '' || namespace === ''
}

/** How a system says that it does not show something, or not to this process. */
const notShown = ['ENOENT', 'ENOTDIR', 'ESRCH', 'EACCES', 'EPERM', 'ENOSYS']

/** What is read, or nothing where it is not to be had. Rejects when it could not be read just now: for want of files, say. */
async function ifThere(reading: Promise<string>): Promise<string> {
  return reading.catch((thrown: NodeJS.ErrnoException) => {
    if (notShown.includes(thrown.code ?? '')) return ''
    throw thrown
  })
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return ''
  }
}
