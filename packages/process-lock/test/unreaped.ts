import { spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { onTestFinished } from 'vitest'

/** A process whose parent never asks how it ended, so that its number stays taken when it is dead. Linux only. */
export interface Unreaped {
  readonly pid: number
  /** In the kernel's ticks. */
  startTime(): Promise<string>
  /** The next line that it prints. */
  next(): Promise<string>
  send(line: string): void
  /** Kills it, and waits until it is dead and still there. */
  kill(): Promise<void>
}

/**
 * Node asks after its own children at once; a shell does so when it ends. This one becomes `cat`, which knows of no
 * child, and which ends with this process since it reads from it.
 */
const script = 'exec 4<&0; "$@" <&4 3<&- 4<&- & echo $!; exec cat <&3 >/dev/null'

/** Starts a command so. All of it is gone when the test is finished. */
export async function startUnreaped(command: readonly string[]): Promise<Unreaped> {
  const parent = spawn('sh', ['-c', script, 'sh', ...command], { stdio: ['pipe', 'pipe', 'inherit', 'pipe'] })
  const { stdin, stdout } = parent
  if (stdin === null || stdout === null) throw new Error('Both are pipes.')
  const lines = createInterface(stdout)[Symbol.asyncIterator]()
  const next = async () => String((await lines.next()).value)
  const pid = Number(await next())
  onTestFinished(() => {
    process.kill(pid, 'SIGKILL')
    parent.kill('SIGKILL')
  })
  return {
    pid,
    next,
    startTime: async () => (await statOf(pid))[19] ?? '',
    send: (line) => void stdin.write(`${line}\n`),
    async kill() {
      process.kill(pid, 'SIGKILL')
      // A zombie whose threads are gone as well.
      for (;;) {
        const stat = await statOf(pid)
        if (stat[0] === 'Z' && stat[17] === '1') return
        await new Promise((resolve) => setTimeout(resolve, 1))
      }
    },
  }
}

/** What the kernel tells of a process, from its state on. */
async function statOf(pid: number): Promise<string[]> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
}
