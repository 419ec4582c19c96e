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

/** Whether an owner runs. `other_container`: this machine's, and not visible here. `unknown`: cannot be observed. */
export type Liveness = 'alive' | 'dead' | 'other_container' | 'unknown'

type ThisProcess = Omit<Owner, 'nonce'>

const format = '1'
let thisProcess: Promise<ThisProcess> | undefined

/** Returns this process as the owner of a new lock. */
export async function getThisProcess(): Promise<Owner> {
  return { ...(await readThisProcess()), nonce: crypto.randomUUID() }
}

/** Formats an owner as one line without spaces, for the target of a symbolic link. */
export function formatOwner(owner: Owner): string {
  return new URLSearchParams({ format, ...owner, pid: String(owner.pid) }).toString()
}

/** Returns the owner in such a line, or `undefined` for another format. */
export function parseOwner(text: string): Owner | undefined {
  const fields = new URLSearchParams(text)
  const read = (name: keyof Owner) => fields.get(name) ?? ''
  if (fields.get('format') !== format || !/^[1-9]\d*$/.test(read('pid')) || read('nonce') === '') return undefined
  const [start, namespace, boot] = [read('start'), read('namespace'), read('boot')]
  return { pid: Number(read('pid')), start, namespace, boot, host: read('host'), nonce: read('nonce') }
}

/** Returns whether the owner's process still runs. In doubt it does: a lock is never taken from a living process. */
export async function findLiveness(owner: Owner): Promise<Liveness> {
  const me = await readThisProcess()
  // Only one of the two could read its environment: they cannot be compared.
  const isComplete = ({ boot, namespace }: ThisProcess) => boot !== '' && namespace !== ''
  if (isComplete(owner) !== isComplete(me)) return 'unknown'
  // The machine was restarted. Another machine, or another container's file system, has another name.
  if (owner.boot !== me.boot) return owner.host === me.host ? 'dead' : 'unknown'
  if (owner.namespace !== me.namespace) return 'other_container'
  const running = await readStat(owner.pid).catch(() => undefined)
  if (running === undefined) return respondsToSignals(owner.pid) ? 'alive' : 'dead'
  // An owner with an unknown start time may be the process that runs now.
  if (owner.start !== '' && owner.start !== running.start) return 'dead'
  // A killed process that its parent has not reaped. While it has another thread, a last write may still be running.
  return (running.state === 'Z' || running.state === 'X') && running.threads <= 1 ? 'dead' : 'alive'
}

/** Reads what identifies this process once: it does not change. A failure is tried again. */
async function readThisProcess(): Promise<ThisProcess> {
  thisProcess ??= Promise.all([
    readStat(process.pid),
    emptyIfHidden(readlink('/proc/self/ns/pid')),
    emptyIfHidden(readFile('/proc/sys/kernel/random/boot_id', 'utf8')),
    emptyIfHidden(readFile('/etc/machine-id', 'utf8')),
  ]).then(([self, namespace, boot, machine]) => {
    const host = `${hostname()}/${machine.trim()}`
    return { pid: process.pid, start: self?.start ?? '', namespace, boot: boot.trim(), host }
  })
  try {
    return await thisProcess
  } catch (thrown) {
    thisProcess = undefined
    throw thrown
  }
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

/** Returns `''` for what this system hides. Rejects if it cannot be read now, for example with too many open files. */
async function emptyIfHidden(text: Promise<string>): Promise<string> {
  return text.catch((thrown: NodeJS.ErrnoException) => {
    if (['ENOENT', 'ENOTDIR', 'ESRCH', 'EACCES', 'EPERM', 'ENOSYS'].includes(thrown.code ?? '')) return ''
    throw thrown
  })
}
