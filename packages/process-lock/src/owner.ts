import { readFile, readlink } from 'node:fs/promises'
import { hostname } from 'node:os'

/** Identifies the process that holds a lock, so that other processes of the machine can tell whether it still runs. */
export interface Owner {
  readonly pid: number
  /** When the process started, in the kernel's ticks, because pids are reused. Empty where the kernel hides it. */
  readonly start: string
  /** The pid namespace: the same pid in another container is another process. */
  readonly namespace: string
  /** Changes with each start of the machine. */
  readonly boot: string
  readonly host: string
  /** Separates two locks of one process. */
  readonly nonce: string
}

/**
 * Whether an owner still runs, as far as this process can see. `other_container`: it runs or ran on this machine in another
 * container. `unknown`: it cannot be observed at all.
 */
export type Liveness = 'alive' | 'dead' | 'other_container' | 'unknown'

type Environment = Pick<Owner, 'namespace' | 'boot' | 'host'>

const fields = ['pid', 'start', 'namespace', 'boot', 'host', 'nonce'] as const
const format = '1'

interface ThisProcess {
  readonly environment: Environment
  readonly start: string
}

let cached: Promise<ThisProcess> | undefined

/** Returns this process as the owner of a new lock. */
export async function getThisProcess(): Promise<Owner> {
  const { environment, start } = await readThisProcess()
  return { pid: process.pid, start, ...environment, nonce: crypto.randomUUID() }
}

/** Formats an owner as one line, for the target of a symbolic link. */
export function formatOwner(owner: Owner): string {
  return [format, ...fields.map((field) => encodeURIComponent(owner[field]))].join(':')
}

/** Returns the owner in such a line, or `undefined` for another format. */
export function parseOwner(text: string): Owner | undefined {
  const [version, ...values] = text.split(':').map(decode)
  const [pid = '', start = '', namespace = '', boot = '', host = '', nonce = ''] = values
  if (version !== format || values.length !== fields.length || !/^[1-9]\d*$/.test(pid)) return undefined
  return { pid: Number(pid), start, namespace, boot, host, nonce }
}

/** Returns whether the owner's process still runs. In doubt it does: a lock is never taken from a living process. */
export async function findLiveness(owner: Owner): Promise<Liveness> {
  const { environment } = await readThisProcess()
  // Only one of the two could read its environment: they cannot be compared.
  if (isIncomplete(owner) !== isIncomplete(environment)) return 'unknown'
  // The machine was restarted. Another machine, or another container's file system, has another name.
  if (owner.boot !== environment.boot) return owner.host === environment.host ? 'dead' : 'unknown'
  if (owner.namespace !== environment.namespace) return 'other_container'
  const running = await readStat(owner.pid).catch(() => undefined)
  if (running === undefined) return respondsToSignals(owner.pid) ? 'alive' : 'dead'
  // An owner with an unknown start time may be the process that runs now.
  if (owner.start !== '' && owner.start !== running.start) return 'dead'
  // A killed process that its parent has not reaped. While it has another thread, a last write may still be running.
  return (running.state === 'Z' || running.state === 'X') && running.threads <= 1 ? 'dead' : 'alive'
}

/** Reads this process's environment once: it does not change. A failure is tried again. */
function readThisProcess(): Promise<ThisProcess> {
  cached ??= readEnvironment().catch((thrown) => {
    cached = undefined
    throw thrown
  })
  return cached
}

async function readEnvironment(): Promise<ThisProcess> {
  const [boot, namespace, machine, self] = await Promise.all([
    emptyIfHidden(readFile('/proc/sys/kernel/random/boot_id', 'utf8')),
    emptyIfHidden(readlink('/proc/self/ns/pid')),
    emptyIfHidden(readFile('/etc/machine-id', 'utf8')),
    readStat(process.pid),
  ])
  const environment = { boot: boot.trim(), namespace, host: `${hostname()}/${machine.trim()}` }
  return { environment, start: self?.start ?? '' }
}

/** Reads a process's line in `/proc`, or returns `undefined` if there is none. */
async function readStat(pid: number): Promise<{ state: string; threads: number; start: string } | undefined> {
  const stat = await emptyIfHidden(readFile(`/proc/${pid}/stat`, 'utf8'))
  // The second field is the program's name in parentheses, which can contain anything.
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

function isIncomplete({ boot, namespace }: Pick<Environment, 'boot' | 'namespace'>): boolean {
  return boot === '' || namespace === ''
}

/** Error codes of a system that does not show something, or not to this process. */
const hiddenCodes = ['ENOENT', 'ENOTDIR', 'ESRCH', 'EACCES', 'EPERM', 'ENOSYS']

/** Returns `''` for what this system hides. Rejects if it cannot be read now, for example with too many open files. */
async function emptyIfHidden(text: Promise<string>): Promise<string> {
  return text.catch((thrown: NodeJS.ErrnoException) => {
    if (hiddenCodes.includes(thrown.code ?? '')) return ''
    throw thrown
  })
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return ''
  }
}
